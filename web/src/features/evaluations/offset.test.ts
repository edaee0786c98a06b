import { describe, expect, it } from "vitest";
import { offsetOf } from "./offset";

describe("a place in a recording", () => {
  it.each([
    ["75", 75],
    ["1:15", 75],
    [" 01:02:03 ", 3723],
    ["0:00", 0],
  ])("%s is %d seconds", (text, seconds) => expect(offsetOf(text)).toBe(seconds));

  it.each(["", "1:75", "one", "1:2:3:4", "-1", "1:"])("%s is none", (text) =>
    expect(offsetOf(text)).toBeNull(),
  );
});
