import { expect, it } from "vitest";
import { byDay } from "./slots";

it("puts times into the days of the reader's zone", () => {
  const starts = ["2026-12-01T15:00:00Z", "2026-12-01T22:30:00Z", "2026-12-02T08:00:00Z"];
  const days = (zone: string) =>
    byDay(starts, (start) => new Date(start), { zone }).map(({ slots }) => slots);
  expect(days("UTC")).toEqual([starts.slice(0, 2), starts.slice(2)]);
  expect(days("Asia/Kolkata")).toEqual([starts.slice(0, 1), starts.slice(1)]);
});
