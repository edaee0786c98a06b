/** Uploads that go on while one moves between pages, are paused and resumed, and survive lost networks and reloads. */
import { useEffect, useState, useSyncExternalStore } from "react";
import * as tus from "tus-js-client";
import { csrfToken, type Problem, ProblemError, parseProblem } from "./client";

export interface UploadPlace {
  purpose: "attachment" | "resume" | "picture" | "logo";
  /** What it is for: an interview's id; empty for one's own picture and for the organisation's logo. */
  subject: string;
  /** A candidate's link token. */
  guestToken?: string;
}

export interface RunningUpload {
  id: number;
  name: string;
  size: number;
  sent: number;
  state: "sending" | "paused" | "failed";
  problem: Problem | null;
}

interface Entry {
  shown: RunningUpload;
  place: UploadPlace;
  upload: tus.Upload;
}

const RETRIES_MS = [0, 1000, 2000, 5000, 10_000, 20_000, 30_000, 30_000, 30_000];

let entries: Entry[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: Entry[]): void {
  entries = next;
  for (const listener of listeners) listener();
}

function update(id: number, facts: Partial<RunningUpload>): void {
  change(
    entries.map((entry) =>
      entry.shown.id === id ? { ...entry, shown: { ...entry.shown, ...facts } } : entry,
    ),
  );
}

function problemOfUpload(error: Error | tus.DetailedError): Problem {
  const response = error instanceof tus.DetailedError ? error.originalResponse : null;
  const status = response?.getStatus() ?? 0;
  let document: unknown = {
    type: "interrupted",
    title: "The upload was interrupted",
    detail: "Nothing is lost.",
  };
  try {
    if (response && status > 0) document = JSON.parse(response.getBody());
  } catch {
    // Something between here and the server answered.
  }
  return parseProblem(status, document);
}

/** Begins to send, or goes on where an earlier try with the same file stopped. Resolves when it has arrived. */
export async function sendFile(file: File, place: UploadPlace): Promise<void> {
  const id = nextId++;
  await new Promise<void>((resolve) => {
    const upload = new tus.Upload(file, {
      ...addressed(file, place),
      retryDelays: RETRIES_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: async () => fingerprint(file, place),
      onProgress: (sent) => update(id, { sent }),
      onError: (error) => update(id, { state: "failed", problem: problemOfUpload(error) }),
      onSuccess: () => {
        change(entries.filter((entry) => entry.shown.id !== id));
        resolve();
      },
    });
    const shown: RunningUpload = {
      id,
      name: file.name,
      size: file.size,
      sent: 0,
      state: "sending",
      problem: null,
    };
    change([...entries, { shown, place, upload }]);
    void start(upload);
  });
}

/** Sends something small that somebody waits for; rejects with a ProblemError. */
export function sendAtOnce(file: File, place: UploadPlace): Promise<void> {
  return new Promise((resolve, reject) => {
    new tus.Upload(file, {
      ...addressed(file, place),
      retryDelays: [0, 1000, 3000],
      storeFingerprintForResuming: false,
      onError: (error) => reject(new ProblemError(problemOfUpload(error))),
      onSuccess: () => resolve(),
    }).start();
  });
}

function addressed(file: File, place: UploadPlace) {
  const headers: Record<string, string> = {};
  const csrf = csrfToken();
  if (csrf) headers["X-CSRFToken"] = csrf;
  if (place.guestToken) headers.Authorization = `Guest ${place.guestToken}`;
  const metadata = { filename: file.name, purpose: place.purpose, subject: place.subject };
  return { endpoint: "/api/uploads", headers, metadata };
}

async function start(upload: tus.Upload): Promise<void> {
  const [earlier] = await upload.findPreviousUploads();
  if (earlier) upload.resumeFromPreviousUpload(earlier);
  upload.start();
}

function fingerprint(file: File, place: UploadPlace): string {
  return ["upload", place.purpose, place.subject, file.name, file.size, file.lastModified].join("/");
}

function find(id: number): Entry | undefined {
  return entries.find((entry) => entry.shown.id === id);
}

export function pauseUpload(id: number): void {
  void find(id)?.upload.abort();
  update(id, { state: "paused" });
}

export function resumeUpload(id: number): void {
  update(id, { state: "sending", problem: null });
  find(id)?.upload.start();
}

export function cancelUpload(id: number): void {
  void find(id)
    ?.upload.abort(true)
    .catch(() => undefined); // The server forgets it by itself, a day later.
  change(entries.filter((entry) => entry.shown.id !== id));
}

// What gave up while there was no network goes on with it.
window.addEventListener("online", () => {
  for (const { shown } of entries)
    if (shown.state === "failed" && shown.problem?.status === 0) resumeUpload(shown.id);
});
window.addEventListener("beforeunload", (event) => {
  if (entries.some(({ shown }) => shown.state === "sending")) event.preventDefault();
});

/** The uploads under way to one place. */
export function useUploads({ purpose, subject }: UploadPlace): RunningUpload[] {
  const all = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => entries,
  );
  return all
    .filter(({ place }) => place.purpose === purpose && place.subject === subject)
    .map(({ shown }) => shown);
}

/** Names of files whose upload a reload cut off: choosing one again goes on where it stopped. */
export function useCutOffUploads(place: UploadPlace): string[] {
  const running = useUploads(place);
  const { purpose, subject } = place;
  const [names, setNames] = useState<string[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at again when an upload begins or ends
  useEffect(() => {
    const storage = tus.defaultOptions.urlStorage;
    let isCurrent = true;
    void storage.findAllUploads().then((all) => {
      const ours = all.filter(({ metadata }) => metadata.purpose === purpose && metadata.subject === subject);
      if (isCurrent) setNames(ours.map(({ metadata }) => metadata.filename ?? ""));
    });
    return () => {
      isCurrent = false;
    };
  }, [purpose, subject, running.length]);
  return names.filter((name) => !running.some((upload) => upload.name === name));
}
