import { expect, it } from "vitest";
import { GOOD_LINE, type LineWatch, watchLine } from "./line-watch";
import type { Person } from "./people";

/** Second by second. */
function live(line: LineWatch, quality: Person["quality"], from: number, seconds: number): LineWatch {
  let now = line;
  for (let second = 0; second <= seconds; second += 1) now = watchLine(now, quality, (from + second) * 1000);
  return now;
}

it("leaves the pictures alone while the line is good or falters for a moment", () => {
  expect(live(GOOD_LINE, "good", 0, 100)).toBe(GOOD_LINE);
  expect(live(GOOD_LINE, "unknown", 0, 100).isSoundOnly).toBe(false);
  expect(live(GOOD_LINE, "weak", 0, 9).isSoundOnly).toBe(false);
  expect(live(live(GOOD_LINE, "weak", 0, 9), "good", 10, 1).since).toBeUndefined();
});

it("goes on with sound alone on a line that stays weak, and tries pictures again on a good one", () => {
  const weak = live(GOOD_LINE, "weak", 0, 10);
  expect(weak.isSoundOnly).toBe(true);
  expect(live(weak, "weak", 11, 60).isSoundOnly).toBe(true);
  expect(live(weak, "good", 11, 14).isSoundOnly).toBe(true);
  expect(live(weak, "good", 11, 15).isSoundOnly).toBe(false);
});

it("waits twice as long each time that pictures break the line again, up to two minutes", () => {
  let line = GOOD_LINE;
  let at = 0;
  const patience: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    line = live(line, "weak", at, 10);
    patience.push(line.patienceMs / 1000);
    line = live(line, "good", at + 11, line.patienceMs / 1000);
    expect(line.isSoundOnly).toBe(false);
    at += 12 + line.patienceMs / 1000;
  }
  expect(patience).toEqual([15, 30, 60, 120, 120]);
  expect(live(line, "weak", at + 60, 10).patienceMs).toBe(15_000);
});
