/** How a person is drawn when there is no picture: initials, and one of a few colours that stays theirs. */

const segmenter = new Intl.Segmenter();

function firstLetter(word: string): string {
  for (const { segment } of segmenter.segment(word)) {
    if (/\p{L}|\p{N}/u.test(segment)) return segment.toLocaleUpperCase();
  }
  return "";
}

/** First letters of the first and the last word that have one; "?" for a nameless person. */
export function initialsOf(name: string): string {
  const letters = name.trim().split(/\s+/).map(firstLetter).filter(Boolean);
  const first = letters[0];
  const last = letters.length > 1 ? letters.at(-1) : "";
  return first === undefined ? "?" : `${first}${last ?? ""}`;
}

/** Whose account it is that is in a call under this name of the media engine; undefined for a guest's. */
export function userIdIn(identity: string): number | undefined {
  const [, digits] = /^member-(\d+)(?:-|$)/.exec(identity) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** Keeps a name written from right to left from turning the words around it. */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`;
}

export const PERSON_TONES = 6;

/** A number below PERSON_TONES, always the same for the same name. */
export function toneOf(name: string): number {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash % PERSON_TONES;
}
