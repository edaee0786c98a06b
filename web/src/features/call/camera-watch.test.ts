import { expect, it } from "vitest";
import { lookAt, type Stillness } from "./camera-watch";

function looks(...seen: [trackId: string, frames: number][]): Stillness | undefined {
  let last: Stillness | undefined;
  for (const [trackId, frames] of seen) last = lookAt(last, trackId, frames);
  return last;
}

it("counts looks in which no frame came, from the second at a camera on", () => {
  expect(looks(["a", 0])?.looks).toBe(0);
  expect(looks(["a", 0], ["a", 0], ["a", 0])?.looks).toBe(2);
  expect(looks(["a", 90], ["a", 90])?.looks).toBe(1);
});

it("begins anew with every frame and with every other camera", () => {
  expect(looks(["a", 0], ["a", 0], ["a", 1])?.looks).toBe(0);
  expect(looks(["a", 7], ["a", 7], ["b", 7])?.looks).toBe(0);
});

it("takes a camera for moving once it has seen it move", () => {
  expect(looks(["a", 1], ["a", 2])?.isMoving).toBe(true);
  expect(looks(["a", 1], ["b", 2])?.isMoving).toBe(false);
  expect(looks(["a", 2], ["a", 2])?.isMoving).toBe(false);
});
