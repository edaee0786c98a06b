/** Keeps one WebSocket to /live: reconnects, notices a dead line, and lets components watch queries through TanStack Query. */
import {
  notifyManager,
  type QueryClient,
  queryOptions,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import type { AuditFilter } from "./audit";
import { noticeProblem, type Problem, ProblemError, problemOf } from "./client";
import { type LiveArgs, LiveCore, type LiveListener } from "./live-core";
import { type Change, Overlay } from "./overlay";
import type {
  AccountSession,
  Address,
  ApiKey,
  Attachment,
  AuditPage,
  Domain,
  Factors,
  FailedJob,
  GuestView,
  Interview,
  InterviewCounts,
  InterviewFilter,
  InterviewPage,
  Me,
  Member,
  MemberInvitation,
  Picture,
  Recording,
  RecordingPage,
  Show,
  UpcomingErasures,
} from "./types";

/** The arguments of a list that comes in pages (live-pages.ts). */
export type PageArgs<Filter> = Filter & { after?: string; upto?: string };

/** Every live query by name: what it takes and what it gives. */
export interface LiveQueries {
  "me.get": { args: Record<string, never>; data: Me };
  "audit.list": { args: PageArgs<AuditFilter>; data: AuditPage };
  "api_keys.list": { args: Record<string, never>; data: ApiKey[] };
  "retention.upcoming": { args: Record<string, never>; data: UpcomingErasures };
  "jobs.failed": { args: Record<string, never>; data: FailedJob[] };
  "addresses.list": { args: Record<string, never>; data: Address[] };
  "factors.get": { args: Record<string, never>; data: Factors };
  "sessions.list": { args: Record<string, never>; data: AccountSession[] };
  "domains.list": { args: Record<string, never>; data: Domain[] };
  "pictures.list": { args: Record<string, never>; data: Picture[] };
  "members.list": { args: Record<string, never>; data: Member[] };
  "member_invitations.list": { args: Record<string, never>; data: MemberInvitation[] };
  "interviews.list": { args: PageArgs<InterviewFilter & { show?: Show }>; data: InterviewPage };
  "interviews.counts": { args: InterviewFilter; data: InterviewCounts };
  "interviews.open": { args: Record<string, never>; data: Interview[] };
  "interviews.get": { args: { interview_id: string }; data: Interview };
  "recordings.list": { args: PageArgs<{ text?: string }>; data: RecordingPage };
  "recordings.of_interview": { args: { interview_id: string }; data: Recording[] };
  "recordings.get": { args: { recording_id: string }; data: Recording };
  "guest.attachments": { args: Record<string, never>; data: Attachment[] };
  "interviews.attachments": { args: { interview_id: string }; data: Attachment[] };
  "guest.view": { args: Record<string, never>; data: GuestView };
}

export type LiveState = "connecting" | "open" | "lost";

const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 8_000;
const RETRY_FIRST_MS = 250;
const RETRY_MOST_MS = 8_000;
/** A shorter break is not worth a word to the person. */
const LOST_AFTER_MS = 1_500;

class LiveConnection {
  private readonly core = new LiveCore();
  private readonly stateListeners = new Set<() => void>();
  private socket: WebSocket | null = null;
  private guestToken: string | null = null;
  private failures = 0;
  private retryTimer = 0;
  private pingTimer = 0;
  private lostTimer = 0;
  private current: LiveState = "connecting";

  constructor() {
    window.addEventListener("online", () => this.retryNow());
    // The browser may be wrong: the server can be on this very machine. So it is asked.
    window.addEventListener("offline", () => this.pingNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.retryNow();
    });
  }

  watch(query: string, args: LiveArgs, listener: LiveListener): () => void {
    const stop = this.core.watch(query, args, listener);
    this.connect();
    this.flush();
    return () => {
      stop();
      this.flush();
    };
  }

  /** Whose eyes to see with: a guest's, or (null) those of whoever is signed in. */
  setGuest(token: string | null): void {
    if (token === this.guestToken) return;
    this.guestToken = token;
    this.restart();
  }

  /** After signing in or out: the open socket still belongs to the old session. */
  restart(): void {
    overlay.forget();
    this.drop();
    if (!this.core.isIdle) this.connect();
  }

  subscribeState = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener);
    return () => this.stateListeners.delete(listener);
  };

  state = (): LiveState => this.current;

  private connect(): void {
    if (this.socket || this.core.isIdle) return;
    window.clearTimeout(this.retryTimer);
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live`);
    this.socket = socket;
    this.startLostTimer();
    socket.onopen = () => {
      this.failures = 0;
      this.core.opened(this.guestToken);
      this.flush();
      this.setState("open");
      this.schedulePing();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.schedulePing();
      // One render for all that one update changes.
      notifyManager.batch(() => this.core.receive(event.data));
      this.flush();
    };
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.drop();
      this.startLostTimer();
      const most = Math.min(RETRY_MOST_MS, RETRY_FIRST_MS * 2 ** this.failures++);
      this.retryTimer = window.setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2));
    };
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    window.clearTimeout(this.retryTimer);
    window.clearTimeout(this.pingTimer);
    this.core.closed();
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
  }

  private retryNow(): void {
    if (this.socket?.readyState === WebSocket.OPEN) return;
    this.failures = 0;
    this.drop();
    this.connect();
  }

  /** A quiet line is asked for a sign of life; without one it is given up and made anew. */
  private schedulePing(): void {
    window.clearTimeout(this.pingTimer);
    this.pingTimer = window.setTimeout(() => this.pingNow(), PING_EVERY_MS);
  }

  private pingNow(): void {
    window.clearTimeout(this.pingTimer);
    this.core.ping();
    this.flush();
    this.pingTimer = window.setTimeout(() => this.socket?.onclose?.(new CloseEvent("close")), PONG_WITHIN_MS);
  }

  private flush(): void {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    for (const message of this.core.drain()) this.socket.send(message);
  }

  private startLostTimer(): void {
    if (this.lostTimer || this.current === "lost") return;
    this.lostTimer = window.setTimeout(() => {
      this.lostTimer = 0;
      if (!this.core.isIdle) this.setState("lost");
    }, LOST_AFTER_MS);
  }

  private setState(state: LiveState): void {
    if (state === "open") {
      window.clearTimeout(this.lostTimer);
      this.lostTimer = 0;
    }
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.stateListeners) listener();
  }
}

export const live = new LiveConnection();

export function useLiveState(): LiveState {
  return useSyncExternalStore(live.subscribeState, live.state);
}

/** The key under which TanStack Query holds a live query's newest answer, for optimistic writes. */
export function liveQueryKey<Q extends keyof LiveQueries>(query: Q, args: LiveQueries[Q]["args"]) {
  return ["live", query, args] as const;
}

function firstAnswer(query: string, args: LiveArgs, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let stop = () => {};
    const settle = (finish: () => void) => {
      finish();
      // The listener may be called before `stop` is known, so let go a moment later.
      queueMicrotask(() => stop());
    };
    stop = live.watch(query, args, {
      data: (value) => settle(() => resolve(value)),
      problem: (problem) => settle(() => reject(new ProblemError(problem))),
    });
    signal.addEventListener("abort", () => settle(() => reject(signal.reason)));
  });
}

/** How TanStack Query asks for the first answer; `follow` then keeps it the newest. */
export function liveQuery<Q extends keyof LiveQueries>(query: Q, args: LiveQueries[Q]["args"]) {
  return queryOptions({
    queryKey: liveQueryKey(query, args),
    queryFn: async ({ signal }) => (await firstAnswer(query, args, signal)) as LiveQueries[Q]["data"],
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    refetchOnReconnect: false,
    networkMode: "always",
  });
}

const overlay = new Overlay();

/** Lays a change over an answer, on screen at once; it goes with `undo`, or with the first answer after `done`. */
export function layOver(queryClient: QueryClient, queryKey: readonly unknown[], change: Change) {
  const key = JSON.stringify(queryKey);
  const layer = overlay.add(key, queryClient.getQueryData(queryKey), change);
  const show = () => queryClient.setQueryData(queryKey, overlay.shown(key));
  show();
  return {
    done: () => overlay.done(layer),
    undo: () => void queryClient.setQueryData(queryKey, overlay.undo(key, layer)),
  };
}

/** Puts each answer of a live query where components read it, until the returned function is called. */
export function follow<Q extends keyof LiveQueries>(
  queryClient: QueryClient,
  query: Q,
  args: LiveQueries[Q]["args"],
): () => void {
  const queryKey = liveQueryKey(query, args);
  return live.watch(query, args, {
    data: (value) =>
      queryClient.setQueryData(
        queryKey,
        overlay.answered(JSON.stringify(queryKey), value) as LiveQueries[Q]["data"],
      ),
    problem: (problem) =>
      void queryClient
        .getQueryCache()
        .find({ queryKey })
        ?.setState({ status: "error", error: new ProblemError(noticeProblem(problem)), fetchStatus: "idle" }),
  });
}

export interface LiveResult<T> {
  data: T | undefined;
  problem: Problem | null;
  isPending: boolean;
}

/** Watches a live query: the data is always the newest answer, and stays on screen while the line is down. */
export function useLive<Q extends keyof LiveQueries>(
  query: Q,
  args: LiveQueries[Q]["args"],
  options: { enabled?: boolean } = {},
): LiveResult<LiveQueries[Q]["data"]> {
  const enabled = options.enabled ?? true;
  const queryClient = useQueryClient();
  const key = JSON.stringify(args);
  const result = useQuery({ ...liveQuery(query, args), enabled });
  useEffect(() => {
    if (!enabled) return;
    return follow(queryClient, query, JSON.parse(key) as LiveQueries[Q]["args"]);
  }, [enabled, query, key, queryClient]);
  const failed = result.isError ? problemOf(result.error) : null;
  return { data: failed ? undefined : result.data, problem: failed, isPending: enabled && result.isPending };
}
