/** An interview as it is being typed in, and what the server wants to hear of it. Pure. */
import type { Interview, InterviewIn, InterviewKind, InterviewPatch } from "@/api/types";
import { browserZone, dateInputValue, nextSlot, timeInputValue } from "@/lib/time";

export interface Draft {
  title: string;
  isNow: boolean;
  day: string;
  time: string;
  minutes: number;
  kind: InterviewKind;
  description: string;
  interviewerIds: number[];
  kitId: string | null;
  /** Of somebody known from before, in a new interview; their name and address are then as they are. */
  candidateId: string | null;
  candidateName: string;
  candidateEmail: string;
  candidateZone: string;
  isRecordingPlanned: boolean;
  admitsAutomatically: boolean;
}

/** The fields of a draft that say its start. */
export function whenOf(start: Date): Pick<Draft, "isNow" | "day" | "time"> {
  return { isNow: false, day: dateInputValue(start), time: timeInputValue(start) };
}

/** Held by whoever plans it, until others are chosen. */
export function emptyDraft(now: Date, myId: number): Draft {
  return {
    title: "",
    ...whenOf(nextSlot(now)),
    minutes: 60,
    kind: "coding",
    description: "",
    interviewerIds: [myId],
    kitId: null,
    candidateId: null,
    candidateName: "",
    candidateEmail: "",
    candidateZone: "",
    isRecordingPlanned: true,
    admitsAutomatically: false,
  };
}

export function draftOf(interview: Interview): Draft {
  const start = new Date(interview.scheduled_for ?? interview.created_at);
  return {
    title: interview.title,
    ...whenOf(start),
    isNow: interview.scheduled_for === null,
    minutes: interview.duration_minutes,
    kind: interview.kind,
    description: interview.description,
    interviewerIds: interview.interviewers.map(({ id }) => id),
    kitId: interview.kit?.id ?? null,
    candidateId: null,
    candidateName: interview.candidate.name ?? "",
    candidateEmail: interview.candidate.email ?? "",
    candidateZone: interview.candidate.time_zone ?? "",
    isRecordingPlanned: interview.is_recording_planned,
    admitsAutomatically: interview.admits_automatically,
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
    ...(draft.candidateId !== null && { candidate_id: draft.candidateId }),
    candidate_name: draft.candidateName.trim() || null,
    kind: draft.kind,
    description: draft.description.trim(),
    time_zone: browserZone(),
    interviewer_ids: draft.interviewerIds,
    kit_id: draft.kitId,
    candidate_email: draft.candidateEmail.trim() || null,
    is_recording_planned: draft.isRecordingPlanned,
    admits_automatically: draft.admitsAutomatically,
    candidate_time_zone: draft.candidateZone.trim() || null,
  };
}
