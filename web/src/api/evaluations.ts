/** Notes, scorecards, comments and decisions. What they change comes back through the live queries. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import { liveQueryKey } from "./live";
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Evaluation = Schemas["EvaluationOut"];
export type Scorecard = Schemas["ScorecardOut"];
export type ScorecardDraft = Schemas["ScorecardIn"];
export type Level = Schemas["Level"];
export type Note = Schemas["NoteOut"];
export type Comment = Schemas["CommentOut"];
export type Outcome = Schemas["Outcome"];

declare module "./live" {
  interface LiveQueries {
    "notes.list": { args: { interview_id: string }; data: Note[] };
    "evaluations.get": { args: { interview_id: string }; data: Evaluation };
  }
}

function useSeeNotes(interviewId: string) {
  const queryClient = useQueryClient();
  const key = liveQueryKey("notes.list", { interview_id: interviewId });
  return (change: (notes: Note[]) => Note[]) =>
    queryClient.setQueryData<Note[]>(key, (notes) => change(notes ?? []));
}

export function useWriteNote(interviewId: string) {
  const see = useSeeNotes(interviewId);
  return useMutation({
    mutationFn: (text: string) =>
      request<Note[]>("POST", `/api/interviews/${interviewId}/notes`, { body: { text } }),
    onSuccess: (notes) => see(() => notes),
  });
}

export function useDeleteNote(interviewId: string) {
  const see = useSeeNotes(interviewId);
  return useMutation({
    mutationFn: (id: string) => request("DELETE", `/api/notes/${id}`),
    onSuccess: (_, id) => see((notes) => notes.filter((note) => note.id !== id)),
  });
}

/** Every act on an evaluation answers with the whole of it. */
function useEvaluationAct<Input>(
  interviewId: string,
  method: "POST" | "PUT",
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

export const useSaveScorecard = (id: string) =>
  useEvaluationAct(id, "PUT", "scorecard", (card: ScorecardDraft) => card);

export const useSubmitScorecard = (id: string) =>
  useEvaluationAct<void>(id, "POST", "scorecard/submit", () => undefined);

export const useWriteComment = (id: string) =>
  useEvaluationAct(id, "POST", "comments", (comment: { stars: number; text: string }) => comment);

export const useDecide = (id: string) =>
  useEvaluationAct(id, "POST", "decision", (decision: { outcome: Outcome; reason: string }) => decision);

export const useReopen = (id: string) =>
  useEvaluationAct(id, "POST", "decision/reopen", (reason: string) => ({ reason }));

export function useDeleteComment(interviewId: string) {
  const queryClient = useQueryClient();
  const key = liveQueryKey("evaluations.get", { interview_id: interviewId });
  return useMutation({
    mutationFn: (id: string) => request("DELETE", `/api/comments/${id}`),
    onSuccess: (_, id) =>
      queryClient.setQueryData<Evaluation>(
        key,
        (all) => all && { ...all, comments: all.comments.filter((comment) => comment.id !== id) },
      ),
  });
}
