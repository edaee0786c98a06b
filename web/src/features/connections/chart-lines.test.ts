import { expect, it } from "vitest";
import { HEIGHT, pathOf, topOf, WIDTH } from "./chart-lines";

it("draws from left to right and breaks off where nothing is known", () => {
  const points = [
    [0, 0],
    [25, 10],
    [50, null],
    [75, 5],
    [100, 20],
  ] as const;
  expect(pathOf({ points }, 0, 100, 10)).toBe(
    `M0 ${HEIGHT}L${WIDTH / 4} 0M${WIDTH * 0.75} ${HEIGHT / 2}L${WIDTH} 0`,
  );
});

it("shows one figure alone, and nothing of none", () => {
  expect(pathOf({ points: [[5, 1]] }, 5, 5, 1)).toBe("M0 0h2");
  expect(pathOf({ points: [] }, 0, 0, 1)).toBe("");
  expect(pathOf({ points: [[5, null]] }, 0, 10, 1)).toBe("");
});

it("ends the axis at a round number", () => {
  const of = (value: number) => topOf([{ points: [[0, value]] }], 0.05);
  expect([0, 0.062, 23, 450, 1700].map(of)).toEqual([0.05, 0.08, 30, 500, 2000]);
  expect(topOf([{ points: [[0, 720]] }], 360, false)).toBe(720);
});
