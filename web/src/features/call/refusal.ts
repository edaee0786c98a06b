/** Why the media engine lets nobody in: it says so in plain HTTP only, and the media library keeps the words to itself. */

import { ConnectionError } from "livekit-client";

const ANSWER_WITHIN_MS = 3000;

interface Seat {
  url: string;
  token: string;
}

/** Whether this failure to connect is for want of room on the server; it passes as people leave. */
export async function isServerFull(failure: unknown, seat: Seat | undefined): Promise<boolean> {
  if (seat === undefined || !(failure instanceof ConnectionError)) return false;
  const address = `${seat.url.replace(/^ws/, "http").replace(/\/$/, "")}/rtc/v1/validate`;
  try {
    const answer = await fetch(`${address}?access_token=${encodeURIComponent(seat.token)}`, {
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    });
    // LiveKit's status for it, which also stands for a server that is starting.
    return answer.status === 503 && (await answer.text()).includes("is full");
  } catch {
    return false;
  }
}
