/** The floor of the room as this person sees it, and what they can do on it. */
import { useEffect, useRef } from "react";
import { answerAsk, endFocus, raiseHand, react } from "@/api/floor";
import { useLive } from "@/api/live";
import type { Ask, Floor, ReactionKind, SourceWanted } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import type { CallSession } from "./call-session";
import type { Person } from "./people";

const EMPTY: Floor = {
  started_at: null,
  is_clock_shown: false,
  hands: [],
  reactions: [],
  asks: [],
  focus: null,
  stops: [],
};

export interface RoomFloor extends Floor {
  /** The place in the line by identity, of those who are here. */
  line: ReadonlyMap<string, number>;
  isMyHandUp: boolean;
  /** What I am asked for, the oldest first. */
  askedOfMe: Ask[];
  toggleHand: () => void;
  react: (kind: ReactionKind) => void;
  answer: (ask: Ask, accepted: boolean) => void;
  endFocus: () => void;
}

export function useFloor(
  session: CallSession,
  people: readonly Person[],
  interviewId: string,
  guestToken: string | undefined,
): RoomFloor {
  const floor = useLive("calls.floor", { interview_id: interviewId }).data ?? EMPTY;
  const me = people.find(({ isLocal }) => isLocal)?.identity;
  const present = new Set(people.map(({ identity }) => identity));
  const hands = floor.hands.filter(({ identity }) => present.has(identity));
  const isMyHandUp = hands.some(({ identity }) => identity === me);
  useAnswers(floor.asks, people);
  return {
    ...floor,
    hands,
    line: new Map(hands.map(({ identity }, index) => [identity, index + 1])),
    isMyHandUp,
    askedOfMe: floor.asks.filter(({ identity, state }) => identity === me && state === "open"),
    toggleHand: () => void raiseHand(interviewId, !isMyHandUp, guestToken).catch(toastProblem),
    react: (kind) => void react(interviewId, kind, guestToken).catch(toastProblem),
    endFocus: () => void endFocus(interviewId, guestToken).catch(toastProblem),
    answer: (ask, accepted) => {
      // In the click itself: a screen can only be shared from one.
      if (accepted) void open(session, ask.kind);
      void answerAsk(ask.id, accepted, guestToken).catch(toastProblem);
    },
  };
}

function open(session: CallSession, kind: SourceWanted): Promise<void> {
  switch (kind) {
    case "microphone":
      return session.setMicrophone(true);
    case "camera":
      return session.setCamera(true);
    case "screen":
      return session.setScreen(true);
  }
}

const ASKED: Record<SourceWanted, string> = {
  microphone: "speak",
  camera: "show themselves",
  screen: "share their screen",
};

/** Tells who asked when the other would rather not; a yes is seen and heard. */
function useAnswers(asks: readonly Ask[], people: readonly Person[]): void {
  const open = useRef(new Set<number>());
  useEffect(() => {
    for (const ask of asks) {
      if (ask.state === "open") open.current.add(ask.id);
      else if (open.current.delete(ask.id) && ask.is_mine && ask.state === "declined") {
        const name = people.find(({ identity }) => identity === ask.identity)?.name ?? "They";
        toast(`${name} would rather not ${ASKED[ask.kind]} now`);
      }
    }
  }, [asks, people]);
}
