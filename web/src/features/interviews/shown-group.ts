import type { Group } from "@/lib/interview-order";

/** What the list is narrowed down to; `overdue` is shown together with `upcoming`, as both are still to do. */
export type ShownGroup = "all" | Exclude<Group, "overdue">;

export const SHOWN_GROUPS: readonly { value: ShownGroup; label: string }[] = [
  { value: "all", label: "All" },
  { value: "live", label: "Live" },
  { value: "upcoming", label: "Upcoming" },
  { value: "ended", label: "Ended" },
  { value: "off", label: "Called off" },
];

export function isShownGroup(value: unknown): value is ShownGroup {
  return SHOWN_GROUPS.some((group) => group.value === value);
}
