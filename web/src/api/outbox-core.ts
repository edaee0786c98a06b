/**
 * Edits that are not saved yet, in the order in which they were made. No storage, network or clock: `outbox.ts` has those.
 *
 * Only what is safe to send later stands here: a text of one's own, or the whole of a form. Each edit carries a key, so
 * that sending it twice does it once.
 */
import type { Problem } from "./client";

export interface Edit {
  /** The idempotency key. */
  id: string;
  /** Whose edit it is; another account on this browser neither sees nor sends it. */
  account: string;
  method: "POST" | "PUT";
  path: string;
  body: unknown;
  /** A newer edit of the same slot takes the place of an older one that nobody has sent: the whole of a form. */
  slot?: string;
  at: string;
  /** Why the server would not take it; it waits for its author. */
  refusal?: Problem;
}

export function added(edits: Edit[], edit: Edit): Edit[] {
  const others =
    edit.slot === undefined
      ? edits
      : edits.filter(({ account, slot }) => account !== edit.account || slot !== edit.slot);
  return [...others, edit];
}

export function without(edits: Edit[], id: string): Edit[] {
  return edits.filter((edit) => edit.id !== id);
}

export function refused(edits: Edit[], id: string, refusal: Problem): Edit[] {
  return edits.map((edit) => (edit.id === id ? { ...edit, refusal } : edit));
}

/** The next to be sent; what was refused does not hold up what comes after it. */
export function nextOf(edits: Edit[], account: string): Edit | undefined {
  return edits.find((edit) => edit.account === account && edit.refusal === undefined);
}

/** Whether trying again later can help; anything else is an answer. */
export function isPassing({ status, type }: Problem): boolean {
  return (
    status === 0 || status >= 500 || status === 429 || type === "csrf" || type === "idempotency-key-busy"
  );
}

/** What storage held, without what is no edit. */
export function parsed(text: string | null): Edit[] {
  try {
    const found: unknown = JSON.parse(text ?? "[]");
    return Array.isArray(found)
      ? found.filter(
          (each): each is Edit =>
            typeof each?.id === "string" && typeof each?.path === "string" && "account" in each,
        )
      : [];
  } catch {
    return [];
  }
}
