/** Notes, scorecards, comments and decisions. What they change comes back through the live queries. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { effect, useAct } from "./acts";
import { ProblemError, parseProblem, request, send } from "./client";
import { liveQueryKey } from "./live";
import { outbox, placeAnswers } from "./outbox";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Evaluation = Schemas["EvaluationOut"];
export type Scorecard = Schemas["ScorecardOut"];
export type ScorecardDraft = Omit<Required<Schemas["ScorecardIn"]>, "moments"> & {
  moments: Record<string, MomentDraft[]>;
};
export type Level = Schemas["Level"];
export type Note = Schemas["NoteOut"];
export type Comment = Schemas["CommentOut"];
export type Moment = Schemas["MomentOut"];
export type MomentDraft = { at: string; text: string };
export type Feedback = Schemas["FeedbackContent"];
export type FeedbackDraft = Required<Schemas["FeedbackIn"]>;
export type Outcome = Schemas["Outcome"];

declare module "./live" {
  interface LiveQueries {
    "notes.list": { args: { interview_id: string }; data: Note[] };
    "evaluations.get": { args: { interview_id: string }; data: Evaluation };
  }
}

/** Addresses of what is written alone and may be sent later (outbox.ts). */
export const unsentPaths = {
  notes: (interviewId: string) => `/api/interviews/${interviewId}/notes`,
  scorecard: (interviewId: string) => `/api/interviews/${interviewId}/scorecard`,
  comments: (interviewId: string) => `/api/interviews/${interviewId}/comments`,
};

placeAnswers(({ path }) => {
  const [, interview_id, part] = path.match(/^\/api\/interviews\/([^/]+)\/(notes|scorecard|comments)$/) ?? [];
  if (interview_id === undefined) return undefined;
  return liveQueryKey(part === "notes" ? "notes.list" : "evaluations.get", { interview_id });
});

/** Kept in this browser until the server has it. */
export function writeNote(interviewId: string, text: string): void {
  outbox.add({ method: "POST", path: unsentPaths.notes(interviewId), body: { text } });
}

export function saveScorecard(interviewId: string, card: ScorecardDraft): void {
  const path = unsentPaths.scorecard(interviewId);
  outbox.add({ method: "PUT", path, body: card, slot: path });
}

export function writeComment(interviewId: string, comment: { stars: number; text: string }): void {
  const { stars, text } = comment;
  outbox.add({ method: "POST", path: unsentPaths.comments(interviewId), body: { stars, text } });
}

export function useDeleteNote(interviewId: string) {
  return useAct(
    (id: string) => request("DELETE", `/api/notes/${id}`),
    [
      effect("notes.list", { interview_id: interviewId }, (notes, id: string) =>
        notes.filter((note) => note.id !== id),
      ),
    ],
  );
}

/** Every act on an evaluation answers with the whole of it. */
function useEvaluationAct<Input>(
  interviewId: string,
  method: "POST",
  path: string,
  bodyOf: (input: Input) => unknown,
) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (input: Input) =>
      request<Evaluation>(method, `/api/interviews/${interviewId}/${path}`, { body: bodyOf(input) }),
    onSuccess: (evaluation) =>
      queryClient.setQueryData(liveQueryKey("evaluations.get", { interview_id: interviewId }), evaluation),
  });
}

export const useSubmitScorecard = (id: string) =>
  useEvaluationAct<void>(id, "POST", "scorecard/submit", () => undefined);

export const useDecide = (id: string) =>
  useEvaluationAct(id, "POST", "decision", (decision: { outcome: Outcome; reason: string }) => decision);

export const useReopen = (id: string) =>
  useEvaluationAct(id, "POST", "decision/reopen", (reason: string) => ({ reason }));

export const useSendFeedback = (id: string) =>
  useEvaluationAct(id, "POST", "feedback", (wanted: FeedbackDraft) => wanted);

export const useRevokeFeedback = (id: string) =>
  useEvaluationAct<void>(id, "POST", "feedback/revoke", () => undefined);

/** What the candidate would read; nothing is sent. */
export function usePreviewFeedback(id: string) {
  return useMutation({
    mutationFn: (wanted: FeedbackDraft) =>
      request<Feedback>("POST", `/api/interviews/${id}/feedback/preview`, { body: wanted }),
  });
}

/** As its reader sees it, by the link that they were sent. */
export function useFeedback(token: string) {
  return useQuery({
    queryKey: ["feedback", token],
    queryFn: () => request<Feedback>("GET", `/api/feedback/${encodeURIComponent(token)}`),
    retry: false,
  });
}

/** The browser saves the evaluation as a PDF. */
export async function downloadSummary(id: string, name: string): Promise<void> {
  const response = await send("GET", `/api/interviews/${id}/summary.pdf`);
  if (!response.ok) {
    throw new ProblemError(parseProblem(response.status, await response.json().catch(() => undefined)));
  }
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = `${name}.pdf`;
  link.click();
  URL.revokeObjectURL(address);
}

export function useDeleteComment(interviewId: string) {
  return useAct(
    (id: string) => request("DELETE", `/api/comments/${id}`),
    [
      effect("evaluations.get", { interview_id: interviewId }, (all, id: string) => ({
        ...all,
        comments: all.comments.filter((comment) => comment.id !== id),
      })),
    ],
  );
}
