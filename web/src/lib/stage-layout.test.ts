import { describe, expect, it } from "vitest";
import { keepOrder, placeFloating, placeLarge, placeStage, type Rect, tileStage } from "./stage-layout";

describe("tileStage", () => {
  it("puts two people side by side on a desk and one above the other on a phone", () => {
    expect(tileStage(2, 1400, 700, 12).columns).toBe(2);
    expect(tileStage(2, 370, 640, 8).columns).toBe(1);
  });

  it("keeps two people side by side when a panel takes some of the width", () => {
    expect(tileStage(2, 1115, 780, 10).columns).toBe(2);
    expect(tileStage(2, 1072, 775, 10).columns).toBe(2);
    expect(tileStage(9, 1400, 700, 12).columns).toBe(3);
  });

  it("never leaves the box nor the allowed shapes", () => {
    for (const [width, height] of [
      [1400, 700],
      [370, 640],
      [900, 300],
      [300, 900],
    ] as const) {
      for (let count = 1; count <= 9; count += 1) {
        const tiling = tileStage(count, width, height, 8);
        const rows = Math.ceil(count / tiling.columns);
        expect(tiling.columns * tiling.width + 8 * (tiling.columns - 1)).toBeLessThanOrEqual(width);
        expect(rows * tiling.height + 8 * (rows - 1)).toBeLessThanOrEqual(height);
        expect(tiling.width / tiling.height).toBeLessThan(1.8);
        expect(tiling.width / tiling.height).toBeGreaterThan(0.78);
      }
    }
  });

  it("answers for an empty box", () => {
    expect(tileStage(3, 0, 0, 8)).toEqual({ columns: 1, width: 0, height: 0 });
  });
});

describe("placeStage", () => {
  const boxes = [
    { width: 1416, height: 720 },
    { width: 374, height: 660 },
  ];
  const overlap = (a: Rect, b: Rect) =>
    Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left) > 0.01 &&
    Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top) > 0.01;

  it.each(["faces", "screen", "strip"] as const)(
    "%s: everything is inside the box and nothing overlaps",
    (layout) => {
      for (const box of boxes) {
        for (let count = 1; count <= 9; count += 1) {
          const { screen, faces } = placeStage(layout, count, box, 10);
          const all = screen === undefined ? faces : [screen, ...faces];
          expect(faces).toHaveLength(count);
          for (const [index, rect] of all.entries()) {
            expect(Math.min(rect.left, rect.top)).toBeGreaterThanOrEqual(0);
            expect(rect.left + rect.width).toBeLessThanOrEqual(box.width + 0.01);
            expect(rect.top + rect.height).toBeLessThanOrEqual(box.height + 0.01);
            expect(all.slice(index + 1).some((other) => overlap(rect, other))).toBe(false);
          }
        }
      }
    },
  );

  it("gives a screen most of the room: faces beside it on a desk, below it on a phone", () => {
    const [desk, phone] = boxes.map((box) => placeStage("screen", 2, box, 10));
    expect(desk?.screen?.width).toBeGreaterThan(1100);
    expect(desk?.faces[0]?.left).toBeGreaterThan(1100);
    expect(phone?.screen?.width).toBe(374);
    expect(phone?.faces[1]?.top).toBeGreaterThan(500);
  });
});

describe("keepOrder", () => {
  it("keeps the place of who left and came back", () => {
    const first = keepOrder([], ["a", "b"]);
    const whileAway = keepOrder(first, ["b", "c"]);
    expect(whileAway).toEqual(["a", "b", "c"]);
    expect(keepOrder(whileAway, ["c", "b", "a"])).toEqual(["a", "b", "c"]);
  });
});

describe("placeLarge", () => {
  it.each([
    [1416, 720],
    [374, 660],
  ])("in %i × %i everything has a place inside and nothing overlaps", (width, height) => {
    for (const large of [1, 2, 3, 4]) {
      for (const rest of [0, 1, 6]) {
        const places = placeLarge(large, rest, { width, height }, 10);
        const all = [...places.large, ...places.rest];
        expect(all).toHaveLength(large + rest);
        for (const [index, a] of all.entries()) {
          expect(a.left + a.width).toBeLessThanOrEqual(width + 0.01);
          expect(a.top + a.height).toBeLessThanOrEqual(height + 0.01);
          for (const b of all.slice(index + 1)) {
            const across = Math.min(a.left + a.width, b.left + b.width) - Math.max(a.left, b.left);
            const down = Math.min(a.top + a.height, b.top + b.height) - Math.max(a.top, b.top);
            expect(across > 0.01 && down > 0.01).toBe(false);
          }
        }
      }
    }
  });

  it("puts two side by side on a desk and one above the other on a phone", () => {
    const [left, right] = placeLarge(2, 0, { width: 1416, height: 720 }, 10).large;
    expect([left?.top, right?.top]).toEqual([0, 0]);
    const [upper, lower] = placeLarge(2, 0, { width: 374, height: 660 }, 10).large;
    expect([upper?.left, lower?.left]).toEqual([0, 0]);
  });

  it("lets the second of two float inside the first", () => {
    const box = { width: 374, height: 660 };
    const [full, small] = placeFloating(box, 10);
    expect(full).toMatchObject(box);
    expect(small.left + small.width).toBeLessThanOrEqual(box.width);
    expect(small.width * small.height).toBeLessThan((box.width * box.height) / 6);
  });
});
