/**
 * How this reader writes days, times, numbers and lists: the one place that knows it. The words are English always.
 * What the account says counts, else what the browser says.
 */
import type { Language } from "@/api/types";

/** Of days and hours where neither the account nor the browser names an English. */
const PLAIN = "en-GB";

export const LANGUAGES = [
  "en-AU",
  "en-CA",
  "en-IN",
  "en-IE",
  "en-NZ",
  "en-SG",
  "en-ZA",
  "en-GB",
  "en-US",
] as const satisfies readonly Language[];

let current = PLAIN;

/** A tag that `Intl` takes. Pages ask anew whenever they draw, so that another choice shows without loading again. */
export function locale(): string {
  return current;
}

/** `chosen` is the account's, or null; `preferred` are the browser's, best first. */
export function writeLike(chosen: Language | null, preferred: readonly string[]): void {
  current = localeOf(chosen, preferred);
}

/** Pure. A browser of another language keeps its clock: the words are ours, the hours are as its owner reads them. */
export function localeOf(chosen: Language | null, preferred: readonly string[]): string {
  if (chosen !== null) return chosen;
  const best = preferred[0];
  try {
    const { hour12 } = new Intl.DateTimeFormat(best, { hour: "numeric" }).resolvedOptions();
    if (best !== undefined && /^en\b/i.test(best)) return best;
    return best !== undefined && hour12 ? `${PLAIN}-u-hc-h12` : PLAIN;
  } catch {
    // Some systems name what is no language, such as "en-US@posix".
    return PLAIN;
  }
}

export function isLanguage(tag: string): tag is Language {
  return (LANGUAGES as readonly string[]).includes(tag);
}

/** "English (Ireland)". */
export function languageName(language: Language): string {
  return (
    new Intl.DisplayNames("en", { type: "language", languageDisplay: "standard" }).of(language) ?? language
  );
}

/** "A, B and C", or "A, B, and C" where people write it so. */
export function listOf(
  names: readonly string[],
  type: "conjunction" | "disjunction" = "conjunction",
): string {
  return new Intl.ListFormat(current, { type }).format(names);
}

/** With so many places after the point, or the comma. */
export function decimal(value: number, places: number): string {
  const digits = { minimumFractionDigits: places, maximumFractionDigits: places };
  return new Intl.NumberFormat(current, digits).format(value);
}
