/** What the call asks of the server: a seat, what it is about, and the acts of interviewers. */
import { useState } from "react";
import { ProblemError, request } from "@/api/client";
import { useLive } from "@/api/live";
import { useMe } from "@/api/session";
import type { InterviewState, JoinTicket, Lobby, Recording } from "@/api/types";
import type { Departure } from "./call-session";

/** One view of the interview for both roles; candidates see less of it. */
export interface CallInfo {
  title: string;
  state: InterviewState;
  durationMinutes: number;
  isRecording: boolean;
  /** Whom one waits for. */
  expected: string[];
  /** Only interviewers get it. */
  candidateLink: string | null;
  /** Who only watches sends nothing. */
  isObserver: boolean;
}

export interface CallInfoResult {
  info: CallInfo | undefined;
  problem: { title: string; detail: string; status: number } | null;
}

export function useCallInfo(interviewId: string, guestToken: string | undefined): CallInfoResult {
  const isGuest = guestToken !== undefined;
  const myId = useMe().user?.id;
  const member = useLive("interviews.get", { interview_id: interviewId }, { enabled: !isGuest });
  const guest = useLive("guest.view", {}, { enabled: isGuest });
  const view = useLastKnown(guest.data);
  const interview = useLastKnown(member.data);
  if (isGuest) {
    const info = view && {
      title: view.interview.title,
      state: view.interview.state,
      durationMinutes: view.interview.duration_minutes,
      isRecording: guest.data?.is_recording ?? false,
      expected: view.interview.interviewers,
      candidateLink: null,
      isObserver: view.is_observer,
    };
    return { info, problem: guest.problem };
  }
  const info = interview && {
    title: interview.title,
    state: interview.state,
    durationMinutes: interview.duration_minutes,
    isRecording: member.data?.is_recording ?? false,
    expected: [interview.candidate.name ?? "the candidate"],
    candidateLink: interview.candidate.link_url,
    isObserver: interview.observers.some(({ user_id }) => user_id !== null && user_id === myId),
  };
  return { info, problem: member.problem };
}

/** A link that is replaced or a sign-out in another tab ends the view, but not the call of who is in it already. */
function useLastKnown<T>(data: T | undefined): T | undefined {
  const [known, setKnown] = useState(data);
  if (data !== undefined && data !== known) setKnown(data);
  return data ?? known;
}

/** The recording that runs now, for the button that stops it. */
export function useRunningRecording(interviewId: string, isMember: boolean): Recording | undefined {
  const { data } = useLive("recordings.of_interview", { interview_id: interviewId }, { enabled: isMember });
  return data?.find((recording) => recording.state === "recording");
}

/** A room to be connected in before one joins; null where nobody can be moved out of one. */
export function openLobby(interviewId: string, guestToken: string | undefined): Promise<Lobby | null> {
  return request("POST", `/api/interviews/${interviewId}/lobby`, { guestToken });
}

export function takeSeat(
  interviewId: string,
  guestToken: string | undefined,
  lobby: string | undefined,
): Promise<JoinTicket> {
  return request("POST", `/api/interviews/${interviewId}/join`, {
    body: { lobby: lobby ?? null },
    guestToken,
  });
}

export function startRecording(interviewId: string): Promise<Recording> {
  return request("POST", `/api/interviews/${interviewId}/recordings`);
}

export function stopRecording(recordingId: string): Promise<Recording> {
  return request("POST", `/api/recordings/${recordingId}/stop`);
}

export function endInterview(interviewId: string): Promise<unknown> {
  return request("POST", `/api/interviews/${interviewId}/end`);
}

/** Whether a refused seat stays refused. A server that is away or busy is worth another try, a closed interview is not. */
export function departureOf(error: unknown): Departure | undefined {
  if (!(error instanceof ProblemError)) return undefined;
  if (error.type === "interview-ended") return "ended";
  const isAnswer = error.status >= 400 && error.status < 500 && error.status !== 408 && error.status !== 429;
  return isAnswer ? "refused" : undefined;
}
