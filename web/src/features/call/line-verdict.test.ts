import { expect, it } from "vitest";
import { type LineReport, numbersOf, verdictOf } from "./line-verdict";

const FINE: LineReport = { path: "udp", roundTripMs: 24, loss: 0, upKbps: 2400, downKbps: 2300 };
const grade = (change: Partial<LineReport>) => verdictOf({ ...FINE, ...change }).grade;

it("calls a line good only if everything about it is", () => {
  expect(grade({})).toBe("good");
  expect(grade({ roundTripMs: undefined })).toBe("good");
  const doubtful: Partial<LineReport>[] = [
    { upKbps: 700 },
    { downKbps: 700 },
    { loss: 0.03 },
    { roundTripMs: 250 },
    { path: "tcp" },
  ];
  for (const change of doubtful) expect(grade(change)).toBe("fair");
  for (const change of [{ upKbps: 200 }, { downKbps: 200 }, { loss: 0.1 }]) expect(grade(change)).toBe("bad");
});

it("says what can be done wherever something can", () => {
  expect(verdictOf(FINE).advice).toBeUndefined();
  expect(verdictOf({ ...FINE, path: "tcp" }).title).toBe("The call works, but only over TCP");
  expect(verdictOf({ ...FINE, path: "tcp" }).advice).toContain("UDP");
  for (const change of [{ upKbps: 200 }, { upKbps: 700 }]) {
    expect(verdictOf({ ...FINE, ...change }).advice).not.toContain("UDP");
    expect(verdictOf({ ...FINE, ...change, path: "tcp" }).advice).toMatch(/cable.* UDP/);
  }
  expect(verdictOf({ ...FINE, roundTripMs: 250 }).advice).toContain("pauses");
  expect(verdictOf({ ...FINE, loss: 0.2 }).advice).toContain("cable");
});

it("gives the numbers for who wants them", () => {
  expect(numbersOf(FINE)).toBe("UDP · 2.4 Mbit/s up, 2.3 down · 0.0 % lost · 24 ms there and back");
  expect(numbersOf({ ...FINE, path: "unknown", roundTripMs: undefined })).toBe(
    "2.4 Mbit/s up, 2.3 down · 0.0 % lost",
  );
});
