/** An interview as it is being typed in, and what the server wants to hear of it. Pure. */
import type { Interview, InterviewIn, InterviewPatch } from "@/api/types";
import { dateInputValue, nextSlot, timeInputValue } from "@/lib/time";

export interface Draft {
  title: string;
  isNow: boolean;
  day: string;
  time: string;
  minutes: number;
  candidateName: string;
  candidateEmail: string;
}

/** The fields of a draft that say its start. */
export function whenOf(start: Date): Pick<Draft, "isNow" | "day" | "time"> {
  return { isNow: false, day: dateInputValue(start), time: timeInputValue(start) };
}

export function emptyDraft(now: Date): Draft {
  return {
    title: "",
    ...whenOf(nextSlot(now)),
    minutes: 60,
    candidateName: "",
    candidateEmail: "",
  };
}

export function draftOf(interview: Interview): Draft {
  const start = new Date(interview.scheduled_for ?? interview.created_at);
  return {
    title: interview.title,
    ...whenOf(start),
    isNow: interview.scheduled_for === null,
    minutes: interview.duration_minutes,
    candidateName: interview.candidate.name ?? "",
    candidateEmail: interview.candidate.email ?? "",
  };
}

/** The planned start in the browser's zone; nothing while day and time are incomplete, or for now. */
export function startOfDraft(draft: Draft): Date | null {
  if (draft.isNow) return null;
  const start = new Date(`${draft.day}T${draft.time}`);
  return Number.isNaN(start.getTime()) ? null : start;
}

export function bodyOf(draft: Draft): InterviewIn & InterviewPatch {
  return {
    title: draft.title.trim(),
    scheduled_for: startOfDraft(draft)?.toISOString() ?? null,
    duration_minutes: draft.minutes,
    candidate_name: draft.candidateName.trim() || null,
    candidate_email: draft.candidateEmail.trim() || null,
  };
}
