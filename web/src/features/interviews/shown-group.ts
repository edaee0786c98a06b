import type { Group } from "@/lib/interview-order";

/** What the list is narrowed down to, and the groups that this takes in. */
const SHOWN = {
  all: {
    label: "All",
    groups: ["live", "upcoming", "overdue", "to_evaluate", "to_decide", "held", "succeeded", "failed", "off"],
  },
  live: { label: "Live", groups: ["live"] },
  upcoming: { label: "Upcoming", groups: ["upcoming", "overdue"] },
  to_evaluate: { label: "To evaluate", groups: ["to_evaluate", "to_decide"] },
  completed: { label: "Completed", groups: ["to_evaluate", "to_decide", "held", "succeeded", "failed"] },
  succeeded: { label: "Succeeded", groups: ["succeeded"] },
  failed: { label: "Failed", groups: ["failed"] },
  off: { label: "Called off", groups: ["off"] },
} as const satisfies Record<string, { label: string; groups: readonly Group[] }>;

export type ShownGroup = keyof typeof SHOWN;

export const SHOWN_GROUPS = (Object.keys(SHOWN) as ShownGroup[]).map((value) => ({
  value,
  label: SHOWN[value].label,
}));

export function isShownGroup(value: unknown): value is ShownGroup {
  return typeof value === "string" && Object.hasOwn(SHOWN, value);
}

export function isWithin(group: Group, shown: ShownGroup): boolean {
  const groups: readonly Group[] = SHOWN[shown].groups;
  return groups.includes(group);
}
