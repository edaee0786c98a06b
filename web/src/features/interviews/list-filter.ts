/** What the list of interviews is narrowed down to, as the address holds it. Pure. */
import type { InterviewFilter, InterviewKind, Person, Show } from "@/api/types";
import { midnightOf, ownTimeStyle, shortDay } from "@/lib/time";
import { KINDS } from "./kinds";

/** By how far they have come: the chips above the list. */
const SHOWN = {
  all: "All",
  live: "Live",
  upcoming: "Upcoming",
  to_evaluate: "To evaluate",
  completed: "Completed",
  succeeded: "Succeeded",
  failed: "Failed",
  off: "Called off",
} as const satisfies Partial<Record<Show, string>>;

export type Shown = keyof typeof SHOWN;

export const CHIPS = (Object.keys(SHOWN) as Shown[]).map((value) => ({ value, label: SHOWN[value] }));

/** What is left out is not narrowed down. */
export interface ListFilter {
  q?: string;
  show?: Shown;
  /** Whoever holds it. */
  by?: number;
  kind?: InterviewKind;
  /** The first and the last day, as `2026-12-31`. */
  from?: string;
  to?: string;
}

export function listFilter(search: Record<string, unknown>): ListFilter {
  const { q, show, by, kind, from, to } = search;
  return {
    q: typeof q === "string" && q !== "" ? q : undefined,
    show: isOf(SHOWN, show) && show !== "all" ? show : undefined,
    by: Number.isSafeInteger(by) && (by as number) > 0 ? (by as number) : undefined,
    kind: isOf(KINDS, kind) ? kind : undefined,
    from: isDay(from) ? from : undefined,
    to: isDay(to) ? to : undefined,
  };
}

function isOf<T extends object>(known: T, value: unknown): value is keyof T {
  return typeof value === "string" && Object.hasOwn(known, value);
}

function isDay(value: unknown): value is string {
  return typeof value === "string" && midnightOf(value) !== "";
}

/** As the server takes it, whatever `show` says. */
export function wantedOf({ q, by, kind, from, to }: ListFilter): InterviewFilter {
  const wanted = { text: q?.trim() || undefined, interviewer: by, kind };
  return withoutEmpty({ ...wanted, since: from && midnightOf(from), until: to && midnightOf(to, 1) });
}

function withoutEmpty<T extends object>(filter: T): T {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined)) as T;
}

/** One list below the other: what is planned for before today is apart, so that it is not in the way of what comes. */
export interface Section {
  show: Show;
  planned?: "from_today" | "before_today";
}

const SECTIONS: Partial<Record<Shown, Section[]>> = {
  all: [
    { show: "live" },
    { show: "upcoming", planned: "from_today" },
    { show: "to_evaluate" },
    { show: "upcoming", planned: "before_today" },
    { show: "closed" },
  ],
  upcoming: [
    { show: "upcoming", planned: "from_today" },
    { show: "upcoming", planned: "before_today" },
  ],
};

export function sectionsOf(shown: Shown): Section[] {
  return SECTIONS[shown] ?? [{ show: shown }];
}

/** `today` is its midnight. Null where the days that are wanted leave nothing of the section. */
export function argsOf({ show, planned }: Section, wanted: InterviewFilter, today: string) {
  const { since, until } = wanted;
  if (planned === "from_today") {
    if (until && until <= today) return null;
    return { ...wanted, show, since: since && since > today ? since : today };
  }
  if (planned === "before_today") {
    if (since && since >= today) return null;
    return { ...wanted, show, until: until && until < today ? until : today };
  }
  return { ...wanted, show };
}

/** Each thing that hides interviews, in words, with the change that takes it away. */
export function hidingOf(
  filter: ListFilter,
  people: readonly Person[],
): { words: string; without: ListFilter }[] {
  const { q, show, by, kind, from, to } = filter;
  const held = people.find(({ id }) => id === by)?.name ?? "somebody who is not here any more";
  const all = [
    show && { words: SHOWN[show], without: { show: undefined } },
    q?.trim() && { words: `“${q.trim()}”`, without: { q: undefined } },
    by && { words: `Held by ${held}`, without: { by: undefined } },
    kind && { words: KINDS[kind], without: { kind: undefined } },
    from && { words: `From ${dayWords(from)}`, without: { from: undefined } },
    to && { words: `Until ${dayWords(to)}`, without: { to: undefined } },
  ];
  return all.filter((each) => typeof each === "object");
}

function dayWords(day: string): string {
  return shortDay(new Date(`${day}T00:00`), ownTimeStyle());
}
