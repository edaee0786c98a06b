/** A candidate's way to the room: the question about recording, the knock, the answer. */
import { useCallback, useEffect } from "react";
import { chooseConsent, knock, stopKnocking } from "@/api/calls";
import { useLive } from "@/api/live";
import type { RecordingQuestion, RecordingScope, Seat } from "@/api/types";

export interface GuestDoor {
  question: RecordingQuestion | undefined;
  seat: Seat | undefined;
  /** Notes the choice, where there is one to make, and asks to be let in. */
  ask: (scope: RecordingScope | null) => Promise<Seat>;
  stopAsking: () => Promise<unknown>;
}

const STILL_HERE_MS = 20_000;

/** Asks nothing before it is known that this guest is the candidate: observers have no door to knock at. */
export function useGuestDoor(guestToken: string | undefined, isCandidate: boolean): GuestDoor | undefined {
  const enabled = guestToken !== undefined && isCandidate;
  const question = useLive("guest.recording_question", {}, { enabled }).data;
  const seat = useLive("guest.seat", {}, { enabled }).data;
  const isWaiting = seat?.knock === "waiting";

  useEffect(() => {
    if (guestToken === undefined || !isWaiting) return;
    const timer = window.setInterval(() => void knock(guestToken).catch(() => undefined), STILL_HERE_MS);
    return () => window.clearInterval(timer);
  }, [guestToken, isWaiting]);

  const ask = useCallback(
    async (scope: RecordingScope | null) => {
      if (guestToken === undefined) throw new Error("Only guests knock.");
      if (question !== undefined && scope !== null && scope !== question.chosen)
        await chooseConsent(guestToken, question.question, scope);
      return await knock(guestToken);
    },
    [guestToken, question],
  );
  const stopAsking = useCallback(
    async () => guestToken !== undefined && (await stopKnocking(guestToken)),
    [guestToken],
  );
  return guestToken !== undefined ? { question, seat, ask, stopAsking } : undefined;
}
