import { describe, expect, it } from "vitest";
import { correct, PlaybackClock } from "./playback-clock";

describe("PlaybackClock", () => {
  it("moves only while it is wanted and nothing stalls", () => {
    const clock = new PlaybackClock(60);
    expect(clock.position(5)).toBe(0);
    clock.play(10);
    expect(clock.position(12)).toBe(2);
    clock.setStalled(true, 13);
    expect(clock.position(20)).toBe(3);
    clock.setStalled(false, 20);
    expect(clock.position(21)).toBe(4);
    clock.pause(22);
    expect(clock.position(99)).toBe(5);
  });

  it("keeps its place when the speed changes", () => {
    const clock = new PlaybackClock(60);
    clock.play(0);
    clock.setRate(2, 4);
    expect(clock.position(4)).toBe(4);
    expect(clock.position(6)).toBe(8);
  });

  it("stops at the end and starts again from the beginning", () => {
    const clock = new PlaybackClock(10);
    clock.play(0);
    expect(clock.position(30)).toBe(10);
    clock.pause(30);
    clock.play(31);
    expect(clock.position(32)).toBe(1);
  });

  it("seeks within the recording only", () => {
    const clock = new PlaybackClock(10);
    clock.seek(-4, 0);
    expect(clock.position(0)).toBe(0);
    clock.seek(40, 0);
    expect(clock.position(0)).toBe(10);
  });
});

describe("correct", () => {
  it("leaves a track alone that nobody could tell from exact", () => {
    expect(correct(5.02, 5, 1, false)).toEqual({ kind: "none", rate: 1 });
  });

  it("slows down a track that is ahead and speeds up one that is behind", () => {
    expect(correct(5.06, 5, 1, false)).toMatchObject({ kind: "nudge" });
    expect((correct(5.06, 5, 1, false) as { rate: number }).rate).toBeLessThan(1);
    expect((correct(4.94, 5, 2, false) as { rate: number }).rate).toBeGreaterThan(2);
  });

  it("nudges until the track is exact", () => {
    expect(correct(5.02, 5, 1, true).kind).toBe("nudge");
    expect(correct(5.01, 5, 1, true).kind).toBe("none");
  });

  it("jumps when the error is large, and allows more at a higher speed", () => {
    expect(correct(5.5, 5, 1, false).kind).toBe("jump");
    expect(correct(5.5, 5, 2, false).kind).toBe("nudge");
  });

  it("brings a track that is 200 ms off back within 80 ms in a few seconds", () => {
    let actual = 0.2;
    let target = 0;
    let wasNudging = false;
    for (let step = 0; step < 40; step += 1) {
      const correction = correct(actual, target, 1, wasNudging);
      wasNudging = correction.kind === "nudge";
      actual += 0.1 * (correction.kind === "jump" ? 1 : correction.rate);
      target += 0.1;
    }
    expect(Math.abs(actual - target)).toBeLessThan(0.08);
  });
});
