/**
 * The state of all watched queries. No socket and no clock: strings go in by `receive` and come out by `drain`.
 *
 * Everything in one `update` belongs to one state of the database. After a break each query is asked for with the etag of
 * the answer that is on screen; the server sends only what differs.
 */
import { type Problem, parseProblem } from "./client";
import { type Operation, patched } from "./patch";

export type LiveArgs = Record<string, string | number>;

export interface LiveListener {
  data(value: unknown): void;
  problem(problem: Problem): void;
}

interface Subscription {
  id: number;
  query: string;
  args: LiveArgs;
  listeners: Set<LiveListener>;
  /** The newest answer, for listeners that come later. */
  latest: { value: unknown; etag: string } | null;
  /** The server has ended it with a problem: it has to be asked for again. */
  ended: Problem | null;
}

interface Result {
  id: number;
  /** Names the answer; without data it is the one that was asked with. */
  etag?: string;
  data?: unknown;
  /** Instead of data: what to change in the answer of this name. */
  base?: string;
  patch?: Operation[];
  problem?: unknown;
}

type ServerMessage = { type: "update"; version: number | null; results: Result[] } | { type: "pong" };

export function liveKey(query: string, args: LiveArgs): string {
  return JSON.stringify([query, Object.entries(args).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

export class LiveCore {
  private readonly byKey = new Map<string, Subscription>();
  private readonly byId = new Map<number, Subscription>();
  private nextId = 1;
  private isOpen = false;
  private outbox: string[] = [];
  /** To be asked for in one message, so that the first answers belong together as well. */
  private asked = new Set<Subscription>();

  /** Messages to send now, oldest first. Call after every other method. */
  drain(): string[] {
    this.pushAsked();
    const messages = this.outbox;
    this.outbox = [];
    return messages;
  }

  get isIdle(): boolean {
    return this.byKey.size === 0;
  }

  opened(guestToken: string | null): void {
    this.isOpen = true;
    this.outbox = [];
    this.asked.clear();
    this.push({ type: "hello", guest: guestToken, patches: true });
    for (const subscription of this.byKey.values()) {
      subscription.ended = null;
      this.askFor(subscription);
    }
  }

  closed(): void {
    this.isOpen = false;
    this.outbox = [];
    this.asked.clear();
  }

  ping(): void {
    this.push({ type: "ping" });
  }

  watch(query: string, args: LiveArgs, listener: LiveListener): () => void {
    const key = liveKey(query, args);
    let subscription = this.byKey.get(key);
    if (!subscription) {
      subscription = { id: this.nextId++, query, args, listeners: new Set(), latest: null, ended: null };
      this.byKey.set(key, subscription);
      this.byId.set(subscription.id, subscription);
      this.askFor(subscription);
    } else if (subscription.ended) {
      subscription.ended = null;
      this.askFor(subscription);
    } else if (subscription.latest) {
      listener.data(subscription.latest.value);
    }
    subscription.listeners.add(listener);
    const watched = subscription;
    return () => this.unwatch(key, watched, listener);
  }

  /** Returns false for what is not a message of ours. */
  receive(text: string): boolean {
    let message: ServerMessage;
    try {
      message = JSON.parse(text) as ServerMessage;
    } catch {
      return false;
    }
    switch (message?.type) {
      case "pong":
        return true;
      case "update":
        for (const result of message.results) this.take(result);
        return true;
      default:
        return false;
    }
  }

  private take(result: Result): void {
    const subscription = this.byId.get(result.id);
    if (!subscription) return;
    if (result.problem !== undefined) {
      const document = result.problem as { status?: number } | null;
      subscription.latest = null;
      subscription.ended = parseProblem(document?.status ?? 500, document);
      for (const listener of [...subscription.listeners]) listener.problem(subscription.ended);
    } else if (result.patch !== undefined) {
      this.takePatch(subscription, result.patch, result);
    } else if (result.data !== undefined) {
      subscription.latest = { value: result.data, etag: result.etag ?? "" };
      for (const listener of [...subscription.listeners]) listener.data(result.data);
    }
  }

  private takePatch(subscription: Subscription, patch: Operation[], { base, etag }: Result): void {
    const { latest } = subscription;
    try {
      if (!latest || latest.etag !== base) throw new Error("The patch is for another answer.");
      this.take({ id: subscription.id, etag, data: patched(latest.value, patch) });
    } catch {
      // Asked for without a name, it comes as a whole.
      if (latest) latest.etag = "";
      this.askFor(subscription);
    }
  }

  private unwatch(key: string, subscription: Subscription, listener: LiveListener): void {
    if (!subscription.listeners.delete(listener) || subscription.listeners.size > 0) return;
    this.byKey.delete(key);
    this.byId.delete(subscription.id);
    if (this.asked.delete(subscription)) return;
    if (this.isOpen && !subscription.ended) this.push({ type: "unwatch", ids: [subscription.id] });
  }

  private askFor(subscription: Subscription): void {
    if (this.isOpen) this.asked.add(subscription);
  }

  private pushAsked(): void {
    if (this.asked.size === 0) return;
    const queries = [...this.asked].map(({ id, query, args, latest }) => ({
      id,
      query,
      args,
      ...(latest?.etag ? { has: latest.etag } : {}),
    }));
    this.asked.clear();
    this.push({ type: "watch", queries });
  }

  private push(message: object): void {
    this.outbox.push(JSON.stringify(message));
  }
}
