/** What a candidate does below the device check: choose what is recorded, ask to come in, wait for the answer. */

import { BellRingIcon, HourglassIcon } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import type { RecordingScope, Seat } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { listOf } from "@/lib/locale";
import { isolated } from "@/lib/person";
import { ConsentChoice } from "./consent-choice";
import type { GuestDoor } from "./use-guest-door";

interface GuestEntryProps {
  door: GuestDoor;
  /** Whether both devices are still opening or one of them failed is said here. */
  hint: string;
  onAdmitted: () => void;
}

export function GuestEntry({ door, hint, onAdmitted }: GuestEntryProps) {
  const { question, seat, ask } = door;
  const [wanted, setWanted] = useState<RecordingScope>();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  useEntry(seat, onAdmitted);
  if (question === undefined || seat === undefined) return <Skeleton className="h-40 rounded-xl" />;
  if (seat.knock === "waiting") return <Waiting door={door} seat={seat} />;
  if (seat.knock === "barred") return <Barred />;
  const scope = wanted ?? question.chosen;
  const enter = async () => {
    setBusy(true);
    setProblem(undefined);
    try {
      if ((await ask(question.is_needed ? scope : null)).knock === "admitted") onAdmitted();
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="space-y-4">
      {question.is_needed && <ConsentChoice question={question} chosen={scope} onChoose={setWanted} />}
      {seat.knock === "refused" && (
        <p role="status" data-testid="refused" className="rounded-lg border bg-card p-3 text-sm">
          The interviewers cannot let you in right now; they may still be preparing. You have lost nothing:
          ask again in a moment, or write to the person who invited you.
        </p>
      )}
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <EntryButton isDisabled={isBusy || (question.is_needed && scope === null)} onClick={() => void enter()}>
        {entryWord(seat, isBusy)}
      </EntryButton>
      <p className="text-center text-muted-foreground text-xs">
        {question.is_needed && scope === null ? "Choose first what may be recorded." : hint}
      </p>
    </div>
  );
}

function Barred() {
  return (
    <p role="status" data-testid="barred" className="rounded-lg border bg-card p-3 text-sm">
      The interviewers have ended your part in this call. If that was a mistake, write to the person who
      invited you: they can let you back in, and this page then opens the way by itself.
    </p>
  );
}

function entryWord({ knock }: Seat, isBusy: boolean): string {
  if (isBusy) return "One moment…";
  if (knock === "admitted") return "Join the call";
  return knock === "refused" || knock === "removed" ? "Ask again" : "Ask to join";
}

function EntryButton(props: { isDisabled: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <Button
      size="lg"
      className="w-full"
      data-testid="join"
      onClick={props.onClick}
      disabled={props.isDisabled}
    >
      {props.children}
    </Button>
  );
}

/** Goes in when the answer comes while this page waits; who was let in before presses a button, as sound needs one. */
function useEntry(seat: Seat | undefined, onAdmitted: () => void): void {
  const before = useRef(seat?.knock);
  useEffect(() => {
    const wasWaiting = before.current === "waiting";
    before.current = seat?.knock;
    if (wasWaiting && seat?.knock === "admitted") onAdmitted();
  }, [seat?.knock, onAdmitted]);
}

function Waiting({ door, seat }: { door: GuestDoor; seat: Seat }) {
  const told = listOf(seat.told.map(isolated));
  return (
    <section data-testid="waiting-room" className="space-y-4 rounded-xl border bg-card p-5" role="status">
      <p className="flex items-center gap-2.5 font-medium text-base">
        <HourglassIcon className="size-5 shrink-0 text-primary" aria-hidden /> You will be let in in a moment
      </p>
      <p className="flex gap-2.5 text-muted-foreground text-sm">
        <BellRingIcon className="mt-0.5 size-4 shrink-0" aria-hidden />
        <span>
          {told === "" ? "Your interviewers have" : `${told} ${seat.told.length === 1 ? "has" : "have"}`} been
          told that you are here.{" "}
          {seat.is_live
            ? "Somebody is in the room already."
            : "Nobody is in the room yet; they are called to it."}
        </span>
      </p>
      <p className="text-muted-foreground text-sm">
        Nobody sees or hears you before. You can go on trying your camera and microphone; the call opens by
        itself.
      </p>
      <Button variant="ghost" size="sm" onClick={() => void door.stopAsking()}>
        Not ready yet
      </Button>
    </section>
  );
}
