import { expect, test } from "vitest";
import { Overlay } from "./overlay";

const without = (gone: number) => (value: unknown) => (value as number[]).filter((each) => each !== gone);

test("a change is seen at once, and outlives answers that do not know of it yet", () => {
  const overlay = new Overlay();
  overlay.answered("list", [1, 2, 3]);
  const layer = overlay.add("list", undefined, without(2));
  expect(overlay.shown("list")).toEqual([1, 3]);
  expect(overlay.answered("list", [1, 2, 3, 4])).toEqual([1, 3, 4]);
  overlay.done(layer);
  expect(overlay.shown("list")).toEqual([1, 3, 4]);
  expect(overlay.answered("list", [1, 3, 4])).toEqual([1, 3, 4]);
});

test("what is refused is taken back, and others' changes stay", () => {
  const overlay = new Overlay();
  overlay.answered("list", [1, 2, 3]);
  const refused = overlay.add("list", undefined, without(1));
  overlay.add("list", undefined, without(3));
  expect(overlay.undo("list", refused)).toEqual([1, 2]);
});

test("what was fetched by other means is the ground of a change", () => {
  const overlay = new Overlay();
  const layer = overlay.add("list", [5, 6], without(5));
  expect(overlay.shown("list")).toEqual([6]);
  expect(overlay.undo("list", layer)).toEqual([5, 6]);
});
