import { expect, it } from "vitest";
import type { InterviewState } from "@/api/types";
import { agendaOf, clashesWith, grouped, matchesSearch, nextUp, startOf } from "./interview-order";

const now = new Date("2026-11-24T12:00:00Z");

function interview(
  id: string,
  start: string | null,
  state: InterviewState = "scheduled",
  duration_minutes = 60,
  outcome: string | null = null,
) {
  return {
    id,
    state,
    interviewers: [{ id: 1 }],
    scheduled_for: start,
    created_at: "2026-11-24T11:50:00Z",
    duration_minutes,
    outcome,
  };
}

const interviews = [
  interview("tomorrow", "2026-11-25T09:00:00Z"),
  interview("running late", "2026-11-24T11:30:00Z"),
  interview("forgotten", "2026-11-23T09:00:00Z"),
  interview("last week", "2026-11-17T09:00:00Z", "ended"),
  interview("yesterday", "2026-11-23T10:00:00Z", "ended"),
  interview("taken", "2026-11-22T10:00:00Z", "decided", 60, "pass"),
  interview("turned down", "2026-11-22T10:00:00Z", "decided", 60, "fail"),
  interview("put off", "2026-11-22T10:00:00Z", "decided", 60, "hold"),
  interview("called off", "2026-11-25T10:00:00Z", "cancelled"),
  interview("nobody came", "2026-11-20T10:00:00Z", "no_show"),
  interview("on air", "2026-11-24T11:00:00Z", "live"),
];
const ids = (list: { id: string }[]) => list.map(({ id }) => id);

it("groups by what a person has to do", () => {
  const groups = grouped(interviews, now);
  expect(ids(groups.live)).toEqual(["on air"]);
  expect(ids(groups.upcoming)).toEqual(["running late", "tomorrow"]);
  expect(ids(groups.overdue)).toEqual(["forgotten"]);
  expect(ids(groups.to_evaluate)).toEqual(["yesterday", "last week"]);
  expect(ids(groups.succeeded)).toEqual(["taken"]);
  expect(ids(groups.failed)).toEqual(["turned down"]);
  expect(ids(groups.held)).toEqual(["put off"]);
  expect(ids(groups.off)).toEqual(["called off", "nobody came"]);
});

it("puts forward what is live, else what comes next", () => {
  expect(nextUp(interviews, now)?.id).toBe("on air");
  expect(nextUp(interviews.slice(0, 3), now)?.id).toBe("running late");
  expect(nextUp(interviews.slice(2, 4), now)).toBeUndefined();
  const knocking = interview("at the door", "2026-11-24T16:00:00Z", "waiting");
  expect(nextUp([...interviews, knocking], now)?.id).toBe("at the door");
  const soon = interview("in five minutes", "2026-11-24T12:05:00Z");
  expect(nextUp([interview("open", null), soon], now)?.id).toBe("in five minutes");
});

it("takes the making of an unplanned one as its start", () => {
  expect(startOf(interview("now", null)).toISOString()).toBe("2026-11-24T11:50:00.000Z");
});

it("finds clashes, but none between neighbours", () => {
  const plan = (start: string, minutes: number, ignoreId?: string) =>
    ids(clashesWith({ start: new Date(start), minutes, interviewerIds: [1, 2], ignoreId }, interviews));
  expect(plan("2026-11-25T09:30:00Z", 30)).toEqual(["tomorrow"]);
  expect(plan("2026-11-25T10:00:00Z", 30)).toEqual([]);
  expect(plan("2026-11-25T08:00:00Z", 60)).toEqual([]);
  expect(plan("2026-11-25T09:30:00Z", 30, "tomorrow")).toEqual([]);
  expect(plan("2026-11-23T10:00:00Z", 30)).toEqual([]);
  const unplanned = [interview("open", null), interview("open and live", null, "live")];
  expect(clashesWith({ start: now, minutes: 30, interviewerIds: [2] }, unplanned)).toEqual([]);
  expect(ids(clashesWith({ start: now, minutes: 30, interviewerIds: [1] }, unplanned))).toEqual([
    "open and live",
  ]);
});

it("searches every word, without case and accents", () => {
  expect(matchesSearch("zoë back", ["Back-end engineer", "Zoe Müller"])).toBe(true);
  expect(matchesSearch("muller", ["Zoë Müller", null, undefined])).toBe(true);
  expect(matchesSearch("zoe front", ["Back-end engineer", "Zoe Müller"])).toBe(false);
  expect(matchesSearch("  ", ["anything"])).toBe(true);
});

it("lists today, or what comes when today is free", () => {
  const agenda = (day: string) => {
    const { isToday, interviews: listed } = agendaOf(interviews, new Date(day), { zone: "UTC" });
    return [isToday, ...ids(listed)];
  };
  expect(agenda("2026-11-24T12:00:00Z")).toEqual([true, "on air", "running late"]);
  const later = interviews.filter(({ state }) => state !== "live");
  const { isToday, interviews: listed } = agendaOf(
    later,
    new Date("2026-11-22T12:00:00Z"),
    { zone: "UTC" },
    2,
  );
  expect([isToday, ...ids(listed)]).toEqual([false, "forgotten", "running late"]);
});
