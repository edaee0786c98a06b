/** Where the pages of a list begin and end: each but the last is a range between two cursors. */

export interface Range {
  after?: string;
  upto?: string;
}

/** `ends` are the places at which the pages above the last one end. */
export function ranges(ends: string[]): Range[] {
  return Array.from({ length: ends.length + 1 }, (_, page) => ({
    ...(page > 0 ? { after: ends[page - 1] } : {}),
    ...(page < ends.length ? { upto: ends[page] } : {}),
  }));
}

/** With a page more for each range that ended before its end; null when none did. `nexts` is what the pages say. */
export function ends(known: string[], nexts: (string | null | undefined)[]): string[] | null {
  const found = known.flatMap((end, page) => {
    const next = nexts[page];
    return next && next !== end ? [next, end] : [end];
  });
  return found.length > known.length ? found : null;
}
