import { describe, expect, it } from "vitest";
import { gapAt, isOnAt, lanesOf, lengthOf, rulerTicks, type TimelineTrack } from "./timeline";

function track(
  identity: string,
  source: TimelineTrack["source"],
  offset: number | null,
  duration: number | null,
  segment = 1,
): TimelineTrack {
  const participant = { identity, name: identity.toUpperCase() };
  return {
    id: `${identity}-${source}-${segment}`,
    participant,
    source,
    segment,
    offset_s: offset,
    duration_s: duration,
  };
}

describe("lanesOf", () => {
  it("groups by person in the order they appear, voice first, and joins segments", () => {
    const lanes = lanesOf([
      track("bob", "camera", 0, 10),
      track("dana", "screen_share", 3, 2),
      track("bob", "microphone", 0, 10),
      track("dana", "screen_share", 7, 2, 2),
    ]);
    expect(lanes.map((lane) => lane.key)).toEqual(["bob/microphone", "bob/camera", "dana/screen_share"]);
    expect(lanes[2]?.bars.map((bar) => [bar.start, bar.end])).toEqual([
      [3, 5],
      [7, 9],
    ]);
  });

  it("leaves out tracks that have no place yet", () => {
    expect(lanesOf([track("bob", "camera", null, null)])).toEqual([]);
  });
});

it("takes the recording's word for its length, or else its tracks'", () => {
  const tracks = [track("bob", "camera", 2, 10)];
  expect(lengthOf(11.5, tracks)).toBe(11.5);
  expect(lengthOf(null, tracks)).toBe(12);
  expect(lengthOf(null, [])).toBe(0);
});

it("knows what is on", () => {
  const camera = track("bob", "camera", 2, 10);
  expect([1.9, 2, 11.9, 12].map((at) => isOnAt(camera, at))).toEqual([false, true, true, false]);
  expect(isOnAt(camera, 1.5, 1)).toBe(true);
  expect(isOnAt(track("bob", "camera", null, null), 0)).toBe(false);
  expect(gapAt([{ start_s: 4, end_s: 6 }], 5)).toEqual({ start_s: 4, end_s: 6 });
  expect(gapAt([{ start_s: 4, end_s: 6 }], 6)).toBeUndefined();
});

it("rules the timeline in round steps", () => {
  expect(rulerTicks(60, 6)).toEqual([0, 10, 20, 30, 40, 50]);
  expect(rulerTicks(3600, 12)).toHaveLength(12);
  expect(rulerTicks(0, 6)).toEqual([]);
});
