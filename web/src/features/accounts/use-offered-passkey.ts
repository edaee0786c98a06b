import { useEffect, useRef } from "react";
import { type Problem, problemOf } from "@/api/client";
import { withdrawPasskeys } from "@/api/passkeys";
import { useSession } from "@/api/session";

interface OfferedPasskey {
  /** Whether this browser can, here. */
  isPossible: boolean;
  isRemembered: boolean;
  /** Offers anew when it changes: a dialog that was closed has ended the offer. */
  round: number;
  onSignedIn: () => Promise<void>;
  onProblem: (problem: Problem) => void;
}

/** While the page is open, the browser offers passkeys where it fills in the address. */
export function useOfferedPasskey(props: OfferedPasskey): void {
  const session = useSession();
  const latest = useRef({ ...props, session });
  latest.current = { ...props, session };
  const { isPossible, round } = props;
  // biome-ignore lint/correctness/useExhaustiveDependencies: each round is an offer of its own
  useEffect(() => {
    if (!isPossible) return;
    let isHere = true;
    const offer = async () => {
      const isIn = await latest.current.session.signInByOfferedPasskey(() => latest.current.isRemembered);
      if (isIn && isHere) await latest.current.onSignedIn();
    };
    offer().catch((error) => isHere && latest.current.onProblem(problemOf(error)));
    return () => {
      isHere = false;
      void withdrawPasskeys();
    };
  }, [isPossible, round]);
}
