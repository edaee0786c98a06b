import { describe, expect, it } from "vitest";
import { writeLike } from "./locale";
import {
  clockTime,
  dateInputValue,
  dayAndTime,
  dayName,
  daysUntil,
  elsewhere,
  hourName,
  lengthOf,
  longDay,
  nearness,
  nextSlot,
  shortDay,
  timeInputValue,
  timeRange,
  zoneName,
} from "./time";

const berlin = { zone: "Europe/Berlin", locale: "en-GB" };
const newYork = { zone: "America/New_York", locale: "en-US" };
const sydney = { zone: "Australia/Sydney", locale: "en-AU" };
const now = new Date("2026-11-24T21:30:00Z");

describe("days", () => {
  it("are counted on the person's calendar", () => {
    const moment = new Date("2026-11-24T23:30:00Z");
    expect(dayName(moment, now, berlin)).toBe("Tomorrow");
    expect(dayName(moment, now, newYork)).toBe("Today");
    expect(daysUntil(new Date("2026-10-24T21:30:00Z"), new Date("2026-10-26T22:30:00Z"), berlin)).toBe(-2);
  });

  it("carry the year only when it differs", () => {
    expect(dayName(new Date("2026-12-03T10:00:00Z"), now, berlin)).toBe("Thu 3 Dec");
    expect(dayName(new Date("2027-01-07T10:00:00Z"), now, berlin)).toBe("Thu 7 Jan 2027");
    expect(longDay(now, berlin)).toBe("Tuesday 24 November 2026");
    expect(dayName(new Date("2027-01-07T10:00:00Z"), now, newYork)).toBe("Thu, Jan 7, 2027");
    expect(shortDay(now, newYork)).toBe("Nov 24, 2026");
  });
});

describe("times", () => {
  it("follow the clock's style", () => {
    expect(clockTime(now, berlin)).toBe("22:30");
    expect(clockTime(now, newYork)).toBe("4:30 PM");
    expect(clockTime(now, sydney)).toBe("8:30 am");
    expect(clockTime(now, { ...berlin, locale: "en-GB-u-hc-h12" })).toBe("10:30 pm");
    expect(dayAndTime(now, now, newYork)).toBe("Today, 4:30 PM");
  });

  it("name hours shortly", () => {
    expect(hourName(14, berlin)).toBe("14:00");
    expect(hourName(14, newYork)).toBe("2 PM");
    expect(hourName(24, berlin)).toBe("00:00");
  });

  it("say the half-day of a range once", () => {
    expect(timeRange(now, 60, berlin)).toBe("22:30 – 23:30");
    expect(timeRange(now, 60, newYork)).toBe("4:30 – 5:30 PM");
    expect(timeRange(new Date("2026-11-24T16:30:00Z"), 60, newYork)).toBe("11:30 AM – 12:30 PM");
  });

  it("name the zone as of that moment", () => {
    expect(zoneName(now, berlin)).toBe("CET");
    expect(zoneName(new Date("2026-07-01T10:00:00Z"), berlin)).toBe("CEST");
  });
});

describe("nearness", () => {
  it.each([
    [30_000, "now"],
    [12 * 60_000, "in 12 min"],
    [59.8 * 60_000, "in 1 h"],
    [80 * 60_000, "in 1 h 20 min"],
    [-3 * 3_600_000, "3 h ago"],
    [5.4 * 3_600_000, "in 5 h"],
    [25 * 3_600_000, ""],
  ])("%i ms away reads %j", (offset, words) => {
    expect(nearness(new Date(now.getTime() + offset), now)).toBe(words);
  });
});

describe("lengths", () => {
  it.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [59.6, "1 min"],
    [2_520, "42 min"],
    [3_599, "1 h"],
    [3_900, "1 h 5 min"],
  ])("%d s reads %j", (seconds, words) => {
    expect(lengthOf(seconds)).toBe(words);
  });
});

it("offers a start on a quarter of an hour, never sooner than ten minutes", () => {
  expect(nextSlot(new Date("2026-11-24T21:30:00Z")).toISOString()).toBe("2026-11-24T21:45:00.000Z");
  expect(nextSlot(new Date("2026-11-24T21:36:00Z")).toISOString()).toBe("2026-11-24T22:00:00.000Z");
});

it("tells the other side's clock only where it differs", () => {
  const moment = new Date("2026-11-24T12:00:00Z");
  const berlin = { zone: "Europe/Berlin" };
  expect(elsewhere(moment, "Europe/Paris", berlin)).toBeNull();
  expect(elsewhere(moment, "Asia/Kolkata", berlin)).toMatchObject({ zone: "Asia/Kolkata" });
  expect(elsewhere(moment, "Europe/Ber", berlin)).toBeNull();
  expect(elsewhere(moment, null, berlin)).toBeNull();
});

it("gives fields their values however days are written", () => {
  writeLike("en-US", []);
  const moment = new Date(2026, 10, 24, 21, 5);
  expect([dateInputValue(moment), timeInputValue(moment)]).toEqual(["2026-11-24", "21:05"]);
  writeLike("en-GB", []);
});
