import type { Level, Outcome } from "@/api/evaluations";

export const LEVELS: readonly { level: Level; label: string }[] = [
  { level: 1, label: "Strong no" },
  { level: 2, label: "No" },
  { level: 3, label: "Yes" },
  { level: 4, label: "Strong yes" },
];

export function levelName(level: number | null | undefined): string {
  return LEVELS.find((each) => each.level === level)?.label ?? "";
}

export const OUTCOMES: Record<Outcome, string> = { pass: "Pass", fail: "Fail", hold: "On hold" };
