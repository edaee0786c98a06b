const address = /^[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+$/;

export interface PastedAddresses {
  good: string[];
  /** What looks like none, as it was typed. */
  odd: string[];
}

/** The e-mail addresses in a pasted text: lines, commas, semicolons, and "Name <address>" as mail programs copy them. */
export function addressesIn(text: string): PastedAddresses {
  const good = new Set<string>();
  const odd: string[] = [];
  for (const entry of text.split(/[\n,;]+/)) {
    const named = /<([^<>]*)>/.exec(entry)?.[1];
    const words = named === undefined ? entry.split(/\s+/) : [named.trim()];
    for (const word of words.filter(Boolean)) {
      if (address.test(word)) good.add(word.toLowerCase());
      else odd.push(word);
    }
  }
  return { good: [...good], odd };
}
