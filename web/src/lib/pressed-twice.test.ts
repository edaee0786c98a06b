import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { oncePerPress } from "./pressed-twice";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a second press gets what the first one made", async () => {
  const act = vi.fn(async (title: string) => title);
  const press = oncePerPress(act);
  const first = press("one");
  expect(await press("two")).toBe("one");
  expect(await first).toBe("one");
  expect(await press("three")).toBe("one");
  expect(act).toHaveBeenCalledTimes(1);
});

test("a later press is one of its own", async () => {
  const press = oncePerPress(async (title: string) => title);
  await press("one");
  vi.advanceTimersByTime(1000);
  expect(await press("two")).toBe("two");
});

test("after a failure the next press counts", async () => {
  const act = vi.fn().mockRejectedValueOnce(new Error("away")).mockResolvedValueOnce("made");
  const press = oncePerPress<string, string>(act);
  await expect(press("one")).rejects.toThrow("away");
  expect(await press("one")).toBe("made");
});
