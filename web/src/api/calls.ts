/** The door of a room and what may be recorded: live queries and writes of candidates and interviewers. */
import { request } from "./client";
import type { Consent, Door, NetworkTest, RecordingQuestion, RecordingScope, Seat, Waiting } from "./types";

declare module "./live" {
  interface LiveQueries {
    "guest.recording_question": { args: Record<string, never>; data: RecordingQuestion };
    "guest.seat": { args: Record<string, never>; data: Seat };
    "calls.waiting": { args: Record<string, never>; data: Waiting[] };
    "calls.door": { args: { interview_id: string }; data: Door };
    "calls.consents": { args: { interview_id: string }; data: Consent[] };
  }
}

/** The words go back with the answer, so that nobody agrees to others than they read. */
export function chooseConsent(
  guestToken: string,
  question: string,
  scope: RecordingScope,
): Promise<RecordingQuestion> {
  return request("POST", "/api/guest/consent", { body: { scope, question }, guestToken });
}

export function knock(guestToken: string): Promise<Seat> {
  return request("POST", "/api/guest/knock", { guestToken });
}

export function stopKnocking(guestToken: string): Promise<Seat> {
  return request("DELETE", "/api/guest/knock", { guestToken });
}

export function answerKnock(knockId: number, admit: boolean): Promise<void> {
  return request("POST", `/api/knocks/${knockId}/answer`, { body: { admit } });
}

export function lockRoom(interviewId: string, locked: boolean): Promise<Door> {
  return request("PUT", `/api/interviews/${interviewId}/lock`, { body: { locked } });
}

export function beginNetworkTest(guestToken: string | undefined): Promise<NetworkTest> {
  return request("POST", "/api/network-test", guestToken === undefined ? {} : { guestToken });
}

/** In few words, for who looks at the candidate. */
export const SCOPE_WORDS: Record<RecordingScope, string> = {
  all: "picture, voice and screen",
  audio: "voice only",
  none: "nothing",
};
