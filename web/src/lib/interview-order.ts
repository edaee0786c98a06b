/** Which interviews come first, which belong together, which clash, and which a search means. Pure. */
import type { Interview } from "@/api/types";
import { daysUntil, type TimeStyle } from "./time";

type Timed = Pick<Interview, "state" | "outcome" | "scheduled_for" | "created_at" | "duration_minutes">;

export function startOf(interview: Pick<Timed, "scheduled_for" | "created_at">): Date {
  return new Date(interview.scheduled_for ?? interview.created_at);
}

export function endOf(interview: Pick<Timed, "scheduled_for" | "created_at" | "duration_minutes">): Date {
  return new Date(startOf(interview).getTime() + interview.duration_minutes * 60_000);
}

export type Group =
  | "live"
  | "upcoming"
  | "overdue"
  | "to_evaluate"
  | "to_decide"
  | "held"
  | "succeeded"
  | "failed"
  | "off";

/** Nobody can enter it any more. */
export function isOver({ state }: Pick<Timed, "state">): boolean {
  return state !== "live" && state !== "waiting" && state !== "scheduled";
}

/** `live`: somebody is there, be it only the candidate at the door; `overdue`: its time is over, but nobody has ended it; `to_decide`: all scorecards are in; `held`: decided neither way; `off`: it did not take place. */
export function groupOf(interview: Timed, now: Date): Group {
  if (interview.state === "live" || interview.state === "waiting") return "live";
  if (interview.state === "ended") return "to_evaluate";
  if (interview.state === "evaluated") return "to_decide";
  if (interview.state === "decided") {
    return interview.outcome === "pass" ? "succeeded" : interview.outcome === "fail" ? "failed" : "held";
  }
  if (isOver(interview)) return "off";
  return endOf(interview) > now ? "upcoming" : "overdue";
}

export const GROUPS: readonly Group[] = [
  "live",
  "upcoming",
  "overdue",
  "to_evaluate",
  "to_decide",
  "held",
  "succeeded",
  "failed",
  "off",
];

/** By group; what is to come soonest first, what has been newest first. */
export function grouped<T extends Timed>(interviews: readonly T[], now: Date): Record<Group, T[]> {
  const groups: Record<Group, T[]> = {
    live: [],
    upcoming: [],
    overdue: [],
    to_evaluate: [],
    to_decide: [],
    held: [],
    succeeded: [],
    failed: [],
    off: [],
  };
  for (const interview of interviews) groups[groupOf(interview, now)].push(interview);
  const byStart = (a: T, b: T) => startOf(a).getTime() - startOf(b).getTime();
  for (const group of GROUPS) {
    const isAhead = group === "live" || group === "upcoming";
    groups[group].sort(isAhead ? byStart : (a, b) => byStart(b, a));
  }
  return groups;
}

/** The one that a person most likely wants to enter now: whose candidate waits, then what is live, else what starts or has started the least away. */
export function nextUp<T extends Timed>(interviews: readonly T[], now: Date): T | undefined {
  const { live, upcoming } = grouped(interviews, now);
  const distance = (each: T) => Math.abs(startOf(each).getTime() - now.getTime());
  return (
    live.find(({ state }) => state === "waiting") ??
    live[0] ??
    upcoming.toSorted((a, b) => distance(a) - distance(b))[0]
  );
}

export interface Agenda<T = Interview> {
  isToday: boolean;
  interviews: T[];
}

/** What is left of today in its order; when nothing is, the next few to come. */
export function agendaOf<T extends Timed>(
  interviews: readonly T[],
  now: Date,
  style: TimeStyle,
  most = 5,
): Agenda<T> {
  const { live, upcoming } = grouped(interviews, now);
  const today = [...live, ...upcoming.filter((each) => daysUntil(startOf(each), now, style) === 0)];
  if (today.length > 0) return { isToday: true, interviews: today };
  return { isToday: false, interviews: upcoming.slice(0, most) };
}

/** Its candidate will come, or is at the door, and nobody is left who holds it. */
export function needsInterviewer(interview: Pick<Interview, "state" | "interviewers">): boolean {
  return !isOver(interview) && interview.interviewers.length === 0;
}

/** Whether it holds a place in somebody's day: not over, and planned for a time or going on. */
export function isInTheWay(interview: Timed): boolean {
  return interview.state === "live" || (!isOver(interview) && interview.scheduled_for !== null);
}

/** Those that share time and people with a plan. */
export function clashesWith<T extends Timed & { id: string; interviewers: { id: number }[] }>(
  plan: { start: Date; minutes: number; interviewerIds: readonly number[]; ignoreId?: string },
  interviews: readonly T[],
): T[] {
  const planEnd = plan.start.getTime() + plan.minutes * 60_000;
  return interviews.filter(
    (each) =>
      each.id !== plan.ignoreId &&
      each.interviewers.some(({ id }) => plan.interviewerIds.includes(id)) &&
      isInTheWay(each) &&
      startOf(each).getTime() < planEnd &&
      endOf(each) > plan.start,
  );
}

/** Every word of the search must begin or lie in one of the texts, whatever the case and the accents. */
export function matchesSearch(search: string, texts: readonly (string | null | undefined)[]): boolean {
  const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const hay = plain(texts.filter(Boolean).join(" \n "));
  return plain(search)
    .split(/\s+/)
    .every((word) => hay.includes(word));
}
