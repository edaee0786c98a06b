/** Candidates through all their interviews. What is changed comes back through the live queries. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { request } from "./client";
import type { Scorecard } from "./evaluations";
import { liveQueryKey, type PageArgs } from "./live";
import type { components } from "./schema.gen";
import type { Interview } from "./types";

type Schemas = components["schemas"];

export type Candidate = Schemas["CandidateRecordOut"];
export type CandidateIn = Schemas["CandidateIn"];
export type CandidateSummary = Schemas["CandidateSummaryOut"];
export type OwnInterview = Schemas["OwnInterviewOut"];
export type RoundEvaluation = Omit<Schemas["RoundEvaluationOut"], "scorecards"> & { scorecards: Scorecard[] };
type CandidatePage = Schemas["PageOut_CandidateSummaryOut_"];

declare module "./live" {
  interface LiveQueries {
    "candidates.list": { args: PageArgs<{ text?: string }>; data: CandidatePage };
    "candidates.get": { args: { candidate_id: string }; data: Candidate };
    "candidates.files": { args: { candidate_id: string }; data: Schemas["CandidateFileOut"][] };
    "interviews.of_candidate": { args: { candidate_id: string }; data: Interview[] };
    "interviews.own": { args: Record<string, never>; data: OwnInterview[] };
    "evaluations.of_candidate": { args: { candidate_id: string }; data: RoundEvaluation[] };
  }
}

function useSeeCandidate() {
  const queryClient = useQueryClient();
  return (candidate: Candidate) =>
    queryClient.setQueryData(liveQueryKey("candidates.get", { candidate_id: candidate.id }), candidate);
}

export function useCreateCandidate() {
  const see = useSeeCandidate();
  return useMutation({
    mutationFn: (wanted: CandidateIn) => request<Candidate>("POST", "/api/candidates", { body: wanted }),
    onSuccess: see,
  });
}

export function useChangeCandidate(id: string) {
  const see = useSeeCandidate();
  return useMutation({
    mutationFn: (wanted: CandidateIn) => request<Candidate>("PUT", `/api/candidates/${id}`, { body: wanted }),
    onSuccess: see,
  });
}

/** The other's interviews and links move here. */
export function useMergeCandidates(id: string) {
  const see = useSeeCandidate();
  return useMutation({
    mutationFn: (otherId: string) =>
      request<Candidate>("POST", `/api/candidates/${id}/merge`, { body: { candidate_id: otherId } }),
    onSuccess: see,
  });
}
