/** How a call stands to its plan. */

/** `closing`: the last five minutes, or the last sixth of a short one. */
export type Phase = "running" | "closing" | "over";

const CLOSING_S = 300;

export function phaseOf(elapsedS: number, plannedS: number): Phase {
  const left = plannedS - elapsedS;
  if (left <= 0) return "over";
  return left <= Math.min(CLOSING_S, plannedS / 6) ? "closing" : "running";
}
