import { expect, it } from "vitest";
import { clockText, spokenTime } from "./clock";

it("shows and says stretches of time", () => {
  expect([-1, 0, 9.9, 75, 3675, 36_000].map(clockText)).toEqual([
    "0:00",
    "0:00",
    "0:09",
    "1:15",
    "1:01:15",
    "10:00:00",
  ]);
  expect([0, 1, 75, 7200].map(spokenTime)).toEqual([
    "0 seconds",
    "1 second",
    "1 minute 15 seconds",
    "2 hours",
  ]);
});
