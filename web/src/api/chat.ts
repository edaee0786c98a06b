/** What people write in a call. A message carries an id made here, so that sending it again never writes it twice. */
import { request } from "./client";
import type { ChatChannel, ChatMessage } from "./types";

declare module "./live" {
  interface LiveQueries {
    "chat.messages": { args: { interview_id: string }; data: ChatMessage[] };
  }
}

export interface Outgoing {
  id: string;
  channel: ChatChannel;
  text: string;
}

export function writeMessage(
  interviewId: string,
  message: Outgoing,
  guestToken: string | undefined,
): Promise<ChatMessage> {
  return request("POST", `/api/interviews/${interviewId}/messages`, {
    body: message,
    ...(guestToken === undefined ? {} : { guestToken }),
  });
}
