import { expect, it } from "vitest";
import type { RecordingTrack } from "@/api/types";
import { bytesIn, peopleIn, secondsOf, sizeLabel } from "./recording-facts";

function track(identity: string, name: string, role: "interviewer" | "candidate", size_bytes: number | null) {
  return { participant: { identity, name, role }, size_bytes } as RecordingTrack;
}

it("names everyone once, the candidate first", () => {
  const tracks = [
    track("member-1", "Alice", "interviewer", 10),
    track("member-1", "Alice", "interviewer", 20),
    track("guest-1", "Dana", "candidate", null),
  ];
  expect(peopleIn({ tracks })).toEqual(["Dana", "Alice"]);
  expect(bytesIn({ tracks })).toBe(30);
});

it("counts a running recording up to now", () => {
  const running = { duration_s: null, started_at: "2026-11-24T12:00:00Z", stopped_at: null };
  const now = new Date("2026-11-24T12:00:42Z");
  expect(secondsOf(running, now)).toBe(42);
  expect(secondsOf({ ...running, stopped_at: "2026-11-24T12:00:30Z" }, now)).toBe(30);
  expect(secondsOf({ ...running, duration_s: 12.5 }, now)).toBe(12.5);
});

it.each([
  [0, "0 B"],
  [940_400, "940 kB"],
  [1_400_000, "1.4 MB"],
  [12_000_000, "12 MB"],
  [999_600_000, "1.0 GB"],
])("%d bytes read %j", (bytes, words) => {
  expect(sizeLabel(bytes)).toBe(words);
});
