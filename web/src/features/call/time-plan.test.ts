import { expect, it } from "vitest";
import { phaseOf } from "./time-plan";

it("warns five minutes before the end, and later when the whole is short", () => {
  const hour = 3600;
  expect(phaseOf(0, hour)).toBe("running");
  expect(phaseOf(hour - 301, hour)).toBe("running");
  expect(phaseOf(hour - 300, hour)).toBe("closing");
  expect(phaseOf(hour, hour)).toBe("over");
  expect(phaseOf(400, 600)).toBe("running");
  expect(phaseOf(501, 600)).toBe("closing");
});
