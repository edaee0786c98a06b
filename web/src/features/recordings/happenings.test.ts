import { expect, it } from "vitest";
import type { Happening } from "@/api/types";
import { marksOf } from "./happenings";

const START = "2026-11-30T10:00:00Z";

function happening(id: number, seconds: number, facts: Partial<Happening>): Happening {
  const at = new Date(Date.parse(START) + seconds * 1000).toISOString();
  return { id, at, kind: "mute", device: null, who: "Dana", by: "Bob", ...facts };
}

it("tells in words what lies within the recording, in order", () => {
  const marks = marksOf(
    [
      happening(1, -5, { kind: "hand" }),
      happening(2, 8, { kind: "ask", device: "screen" }),
      happening(3, 3, { kind: "mute", device: "microphone" }),
      happening(4, 4, { kind: "mute", device: "camera" }),
      happening(5, 9.5, { kind: "hand", by: null }),
      happening(6, 61, { kind: "focus" }),
    ],
    START,
    60,
  );
  expect(marks.map(({ at, text }) => [at, text])).toEqual([
    [3, "Bob muted Dana"],
    [4, "Bob stopped the camera of Dana"],
    [8, "Bob asked Dana to share the screen"],
    [9.5, "Dana raised a hand"],
  ]);
});
