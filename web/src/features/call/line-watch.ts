/** When a bad line is left with sound alone, and when pictures are tried again: rules without a clock. */
import type { Person } from "./people";

export interface LineWatch {
  isSoundOnly: boolean;
  /** Since when the line has been other than what the present state is for; undefined while it fits. */
  since: number | undefined;
  /** How long a good line must last before pictures come back. */
  patienceMs: number;
  /** When pictures came back the last time. */
  returnedAt: number | undefined;
}

const WEAK_FOR_MS = 10_000;
const FIRST_PATIENCE_MS = 15_000;
const LONGEST_PATIENCE_MS = 120_000;
/** A line that breaks again so soon was good only because there were no pictures on it. */
const RELAPSE_MS = 45_000;

export const GOOD_LINE: LineWatch = {
  isSoundOnly: false,
  since: undefined,
  patienceMs: FIRST_PATIENCE_MS,
  returnedAt: undefined,
};

/** Gives back the same object while nothing changed. */
export function watchLine(line: LineWatch, quality: Person["quality"], now: number): LineWatch {
  const isWeak = quality === "weak" || quality === "lost";
  const fits = line.isSoundOnly ? isWeak || quality === "unknown" : !isWeak;
  if (fits) return line.since === undefined ? line : { ...line, since: undefined };
  if (line.since === undefined) return { ...line, since: now };
  const lasted = now - line.since;
  if (!line.isSoundOnly) return lasted < WEAK_FOR_MS ? line : fallBack(line, now);
  return lasted < line.patienceMs ? line : { ...line, isSoundOnly: false, since: undefined, returnedAt: now };
}

function fallBack(line: LineWatch, now: number): LineWatch {
  const isRelapse = line.returnedAt !== undefined && now - line.returnedAt < RELAPSE_MS;
  const patienceMs = isRelapse ? Math.min(line.patienceMs * 2, LONGEST_PATIENCE_MS) : FIRST_PATIENCE_MS;
  return { ...line, isSoundOnly: true, since: undefined, patienceMs };
}
