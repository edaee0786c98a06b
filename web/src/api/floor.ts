/** What goes on in a room beside its media: hands, reactions, focus time, and what interviewers do to others. */
import { request } from "./client";
import type { Floor, Happening, ReactionKind, SourceWanted } from "./types";

declare module "./live" {
  interface LiveQueries {
    "calls.floor": { args: { interview_id: string }; data: Floor };
    "calls.happenings": { args: { interview_id: string }; data: Happening[] };
  }
}

const of = (interviewId: string) => `/api/interviews/${interviewId}`;
const as = (guestToken: string | undefined) => (guestToken === undefined ? {} : { guestToken });

export function raiseHand(interviewId: string, raised: boolean, guestToken?: string): Promise<void> {
  return request("PUT", `${of(interviewId)}/hand`, { body: { raised }, ...as(guestToken) });
}

export function lowerHand(interviewId: string, handId: number): Promise<void> {
  return request("DELETE", `${of(interviewId)}/hands/${handId}`);
}

export function react(interviewId: string, kind: ReactionKind, guestToken?: string): Promise<void> {
  return request("POST", `${of(interviewId)}/reactions`, { body: { kind }, ...as(guestToken) });
}

export function beginFocus(interviewId: string, minutes: number): Promise<void> {
  return request("POST", `${of(interviewId)}/focus`, { body: { minutes } });
}

export function endFocus(interviewId: string, guestToken?: string): Promise<void> {
  return request("DELETE", `${of(interviewId)}/focus`, as(guestToken));
}

export function showClock(interviewId: string, shown: boolean): Promise<void> {
  return request("PUT", `${of(interviewId)}/clock`, { body: { shown } });
}

export function mutePerson(interviewId: string, identity: string, kind: SourceWanted): Promise<void> {
  return request("POST", `${of(interviewId)}/mute`, { body: { identity, kind } });
}

export function removePerson(interviewId: string, identity: string, mayReturn: boolean): Promise<void> {
  return request("POST", `${of(interviewId)}/remove`, { body: { identity, may_return: mayReturn } });
}

export function readmitCandidate(interviewId: string): Promise<void> {
  return request("POST", `${of(interviewId)}/readmit`);
}

export function askPerson(interviewId: string, identity: string, kind: SourceWanted): Promise<void> {
  return request("POST", `${of(interviewId)}/asks`, { body: { identity, kind } });
}

export function answerAsk(askId: number, accepted: boolean, guestToken?: string): Promise<void> {
  return request("POST", `/api/asks/${askId}/answer`, { body: { accepted }, ...as(guestToken) });
}
