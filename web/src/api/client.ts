/** Speaks HTTP with the server: JSON in and out, the CSRF header, a guest's personal link, and problem+json as errors. */

import { newId } from "@/lib/new-id";
import { pause } from "@/lib/pause";

export interface Problem {
  status: number;
  /** A stable slug such as "link-expired". */
  type: string;
  title: string;
  detail: string;
  /** Further members of the problem document, such as the fields that failed. */
  extra: Record<string, unknown>;
}

export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail || problem.title);
    this.problem = problem;
  }

  get type(): string {
    return this.problem.type;
  }

  get status(): number {
    return this.problem.status;
  }
}

/** What to show for any error: a sentence on what happened, and one on what to do. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    status: 0,
    type: "unknown",
    title: "Something went wrong",
    detail: error instanceof Error ? error.message : "Please try again.",
    extra: {},
  };
}

const unreachable: Problem = {
  status: 0,
  type: "unreachable",
  title: "The server cannot be reached",
  detail: "Check your connection and try again. Nothing you typed is lost.",
  extra: {},
};

/** Reads a problem document; a type may come as a slug, a URN or a URL whose last part is the slug. */
export function parseProblem(status: number, document: unknown): Problem {
  const body = typeof document === "object" && document !== null ? (document as Record<string, unknown>) : {};
  const { type, title, detail, status: _status, ...extra } = body;
  const slug = typeof type === "string" ? type.split(/[/:]/).filter(Boolean).at(-1) : undefined;
  return {
    status,
    type: slug && slug !== "blank" ? slug : `http-${status}`,
    title: typeof title === "string" ? title : "The server answered with an error",
    detail: typeof detail === "string" ? detail : "",
    extra,
  };
}

const SIGNED_OUT_EVENT = "interview-stream:signed-out";

/** Whoever meets a 401 says so here: the session has ended behind this page's back. */
export function noticeProblem(problem: Problem): Problem {
  if (problem.status === 401) window.dispatchEvent(new Event(SIGNED_OUT_EVENT));
  return problem;
}

export function whenSignedOut(react: () => void): void {
  window.addEventListener(SIGNED_OUT_EVENT, react);
}

/** The page says what this installation calls the cookie; with the development server's page any will do. */
export function csrfToken(): string | undefined {
  const name = document.querySelector<HTMLMetaElement>("meta[name=csrf-cookie]")?.content;
  const cookies = document.cookie.split("; ").map((entry) => entry.split("="));
  const ours =
    cookies.find((pair) => pair[0] === name) ?? cookies.find((pair) => pair[0]?.endsWith("csrftoken"));
  return ours?.[1];
}

export interface RequestOptions {
  body?: unknown;
  /** A candidate's link token: the request is then made as that guest, whoever is signed in. */
  guestToken?: string;
  signal?: AbortSignal;
  /** Names the act, so that a request that is sent again is done once; made here when left out. */
  key?: string;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

function headersFor(method: Method, options: RequestOptions): Headers {
  const headers = new Headers({ Accept: "application/json" });
  if (options.body !== undefined) headers.set("Content-Type", "application/json");
  if (options.guestToken) headers.set("Authorization", `Guest ${options.guestToken}`);
  const csrf = csrfToken();
  if (method !== "GET" && csrf) headers.set("X-CSRFToken", csrf);
  if (options.key) headers.set("Idempotency-Key", options.key);
  return headers;
}

type Confirm = (problem: Problem) => Promise<boolean>;
let confirmIdentity: Confirm | undefined;

/** Who shows the dialog in which a person confirms that it is them; it says whether they did. */
export function whenConfirmationNeeded(confirm: Confirm): void {
  confirmIdentity = confirm;
}

/**
 * Answers of any status as they are; only a lost connection throws. What needs a recent sign-in is confirmed on the way
 * and sent again, so that no caller has to know of it.
 */
export async function send(method: Method, path: string, options: RequestOptions = {}): Promise<Response> {
  const keyed = method === "GET" ? options : { ...options, key: options.key ?? newId() };
  const response = await sendOnce(method, path, keyed);
  if (response.status !== 403 || !confirmIdentity) return response;
  const problem = parseProblem(
    403,
    await response
      .clone()
      .json()
      .catch(() => undefined),
  );
  if (problem.type !== "recent-sign-in-needed") return response;
  return (await confirmIdentity(problem)) ? sendOnce(method, path, keyed) : response;
}

/** A second try for what was lost on the way: the key sees to it that nothing is done twice. */
const TRY_AGAIN_AFTER_MS = 400;

async function sendOnce(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const canRepeat = options.key !== undefined && path.startsWith("/api/") && navigator.onLine;
  try {
    return await fetchInTurn(method, path, options);
  } catch (error) {
    if (!canRepeat || !(error instanceof ProblemError)) throw error;
    await pause(TRY_AGAIN_AFTER_MS);
    return fetchInTurn(method, path, options);
  }
}

/** What reads and writes the session: signing in by any means, and what is asked on the way there. */
const OF_THE_SESSION = /^\/_allauth\/|^\/api\/sign-in-providers\/[^/]+\/start$/;

let lastOfTheSession: Promise<unknown> = Promise.resolve();

/**
 * Of the session's requests one goes out at a time. Two at once would each begin a session where there is none yet, and
 * the browser keeps the cookie of one: what the other has written, such as whom a provider will send back, is lost.
 */
function fetchInTurn(method: Method, path: string, options: RequestOptions): Promise<Response> {
  if (!OF_THE_SESSION.test(path)) return fetchOnce(method, path, options);
  const answer = lastOfTheSession.then(() => fetchOnce(method, path, options));
  lastOfTheSession = answer.catch(() => undefined);
  return answer;
}

async function fetchOnce(method: Method, path: string, options: RequestOptions): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      headers: headersFor(method, options),
      body: options.body === undefined ? undefined : JSON.stringify(options.body),
      credentials: "same-origin",
      signal: options.signal,
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ProblemError(unreachable);
  }
}

/** The answer's body; a status of 400 or more throws ProblemError. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  let document: unknown;
  try {
    document = text ? JSON.parse(text) : undefined;
  } catch {
    document = undefined;
  }
  if (!response.ok) throw new ProblemError(noticeProblem(parseProblem(response.status, document)));
  return document as T;
}
