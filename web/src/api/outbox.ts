/** Keeps unsent edits in this browser, over reloads, and sends them in order as soon as the server answers. */
import type { QueryClient } from "@tanstack/react-query";
import { useMemo, useSyncExternalStore } from "react";
import { newId } from "@/lib/new-id";
import { type Problem, ProblemError, problemOf, request } from "./client";
import { live } from "./live";
import { added, type Edit, isPassing, nextOf, parsed, refused, without } from "./outbox-core";

const STORE = "interview-stream.unsent";
const AGAIN_FIRST_MS = 1_000;
const AGAIN_MOST_MS = 30_000;

type Settled = (edit: Edit, answer: unknown) => void;

class Outbox {
  private edits: Edit[] = read();
  private readonly listeners = new Set<() => void>();
  private account = "";
  private settled: Settled = () => {};
  private isSending = false;
  private failures = 0;
  private problem: Problem | null = null;
  private timer = 0;

  constructor() {
    window.addEventListener("online", () => this.sendNow());
    live.subscribeState(() => {
      if (live.state() === "open") this.sendNow();
    });
    // Another tab wrote or sent something.
    window.addEventListener("storage", (event) => {
      if (event.key === STORE) this.show(read());
    });
  }

  /** Whose edits are sent from now on (empty for nobody), and who hears of the answers. */
  speakFor(account: string, settled: Settled): void {
    this.account = account;
    this.settled = settled;
    this.sendNow();
  }

  add(edit: Pick<Edit, "method" | "path" | "body" | "slot">): void {
    const made = { ...edit, id: newId(), account: this.account, at: new Date().toISOString() };
    this.keep(added(read(this.edits), made));
    this.sendNow();
  }

  /** The author wants what was refused to be tried once more. */
  retry(id: string): void {
    this.keep(read(this.edits).map((edit) => (edit.id === id ? { ...edit, refusal: undefined } : edit)));
    this.sendNow();
  }

  /** The author gives it up. */
  drop(id: string): void {
    this.keep(without(read(this.edits), id));
  }

  /** When everything at this address has arrived; throws what is in the way. */
  arrived(path: string): Promise<void> {
    return new Promise((resolve, reject) => {
      let stop = () => {};
      const look = () => {
        const waiting = this.edits.filter((edit) => edit.path === path && this.isOf(edit));
        const refusal =
          waiting.find((edit) => edit.refusal)?.refusal ?? (this.failures > 0 ? this.problem : null);
        if (waiting.length > 0 && !refusal) return;
        stop();
        if (waiting.length > 0 && refusal) reject(new ProblemError(refusal));
        else resolve();
      };
      this.sendNow();
      stop = this.subscribe(look);
      look();
    });
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  all = (): Edit[] => this.edits;

  isOf(edit: Edit): boolean {
    return edit.account === this.account;
  }

  private sendNow(): void {
    this.failures = 0;
    window.clearTimeout(this.timer);
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.isSending || this.account === "") return;
    this.isSending = true;
    try {
      let edit = nextOf(this.edits, this.account);
      while (edit !== undefined && (await this.deliver(edit))) edit = nextOf(this.edits, this.account);
    } finally {
      this.isSending = false;
    }
  }

  /** False when it is to be tried again later. */
  private async deliver(edit: Edit): Promise<boolean> {
    try {
      const answer = await request<unknown>(edit.method, edit.path, { body: edit.body, key: edit.id });
      this.failures = 0;
      this.settled(edit, answer);
      this.keep(without(read(this.edits), edit.id));
      return true;
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status !== 401 && !isPassing(problem)) {
        this.keep(refused(read(this.edits), edit.id, problem));
        return true;
      }
      this.problem = problem;
      // Signed out: it waits until its author is back.
      if (problem.status !== 401) {
        const wait = Math.min(AGAIN_MOST_MS, AGAIN_FIRST_MS * 2 ** this.failures++);
        this.timer = window.setTimeout(() => void this.send(), wait);
      }
      this.show([...this.edits]);
      return false;
    }
  }

  private keep(edits: Edit[]): void {
    try {
      localStorage.setItem(STORE, JSON.stringify(edits));
    } catch {
      // Storage is full or switched off: they are kept as long as the page is.
    }
    this.show(edits);
  }

  private show(edits: Edit[]): void {
    this.edits = edits;
    for (const listener of this.listeners) listener();
  }
}

/** What is stored, which other tabs change too; `held` where nothing can be stored. */
function read(held: Edit[] = []): Edit[] {
  try {
    const text = localStorage.getItem(STORE);
    return text === null ? held : parsed(text);
  } catch {
    return held;
  }
}

export const outbox = new Outbox();

/** One's own unsent edits at this address, the oldest first. */
export function useUnsent(path: string): Edit[] {
  const edits = useSyncExternalStore(outbox.subscribe, outbox.all);
  return useMemo(() => edits.filter((edit) => edit.path === path && outbox.isOf(edit)), [edits, path]);
}

/** How many edits of this account wait to be sent. */
export function useUnsentCount(): number {
  const edits = useSyncExternalStore(outbox.subscribe, outbox.all);
  return edits.filter((edit) => outbox.isOf(edit) && edit.refusal === undefined).length;
}

type Place = (edit: Edit, answer: unknown) => readonly unknown[] | undefined;
const places: Place[] = [];

/** Where an answer belongs in the cache, so that what was sent does not vanish for a moment. */
export function placeAnswers(place: Place): void {
  places.push(place);
}

/** Sends the edits of this account from now on. */
export function speakFor(queryClient: QueryClient, account: string): void {
  outbox.speakFor(account, (edit, answer) => {
    for (const place of places) {
      const key = place(edit, answer);
      if (key) queryClient.setQueryData(key, answer);
    }
  });
}
