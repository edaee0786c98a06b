/** Who waits to be let in, wherever an interviewer is in the app: seen, heard, answered with a button or a key. */
import { Link } from "@tanstack/react-router";
import { DoorOpenIcon } from "lucide-react";
import { useState } from "react";
import { answerKnock } from "@/api/calls";
import { useLive } from "@/api/live";
import type { Waiting } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Kbd } from "@/components/ui/kbd";
import { useAttention, useNoticePermission } from "@/hooks/use-attention";
import { useShortcuts } from "@/hooks/use-shortcuts";
import { isolated } from "@/lib/person";

interface WaitingGuestsProps {
  /** In a room everybody of the team is asked for that room, not only who holds the interview. */
  interviewId?: string;
}

export function WaitingGuests({ interviewId }: WaitingGuestsProps) {
  const mine = useLive("calls.waiting", {}).data ?? [];
  const door = useLive(
    "calls.door",
    { interview_id: interviewId ?? "" },
    { enabled: interviewId !== undefined },
  ).data;
  const here = door?.waiting ?? [];
  const waiting = [...here, ...mine.filter(({ id }) => here.every((each) => each.id !== id))];
  const first = waiting[0];
  // Whoever comes to the door later changes the news, and so is heard too.
  const more = waiting.length - 1;
  const news = more > 0 ? `and ${more} more are waiting` : "is waiting";
  useAttention(first && `${first.name} ${news}`, first?.interview_title ?? "");
  if (first === undefined) return null;
  return (
    <section
      aria-label="Waiting to be let in"
      className="fixed inset-x-3 top-3 z-40 mx-auto grid w-auto max-w-md gap-2 sm:inset-x-0"
    >
      {waiting.map((each, index) => (
        <Guest
          key={each.id}
          waiting={each}
          hasKeys={index === 0}
          isHere={each.interview_id === interviewId}
        />
      ))}
    </section>
  );
}

interface GuestProps {
  waiting: Waiting;
  hasKeys: boolean;
  isHere: boolean;
}

function Guest({ waiting, hasKeys, isHere }: GuestProps) {
  const [isBusy, setBusy] = useState(false);
  const { canAsk, ask } = useNoticePermission();
  const answer = async (admit: boolean) => {
    setBusy(true);
    await answerKnock(waiting.id, admit).catch(toastProblem);
    setBusy(false);
  };
  useShortcuts(hasKeys && !isBusy ? { a: () => void answer(true), r: () => void answer(false) } : {});
  return (
    <div
      role="alert"
      data-testid="waiting-guest"
      className="slide-in-from-top-2 fade-in-0 grid animate-in gap-2.5 rounded-xl border border-warning/50 bg-popover p-3.5 text-popover-foreground shadow-lg"
    >
      <div className="flex items-center gap-3">
        <PersonAvatar name={waiting.name} className="size-9 text-[13px]" />
        <p className="min-w-0 flex-1 text-sm">
          <span className="block truncate font-medium">{isolated(waiting.name)} is waiting to be let in</span>
          <span className="block truncate text-muted-foreground text-xs">{waiting.interview_title}</span>
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Button size="sm" data-testid="admit" disabled={isBusy} onClick={() => void answer(true)}>
          <DoorOpenIcon /> Let in {hasKeys && <Kbd className="max-sm:hidden">A</Kbd>}
        </Button>
        <Button
          size="sm"
          variant="outline"
          data-testid="refuse"
          disabled={isBusy}
          onClick={() => void answer(false)}
        >
          Not now {hasKeys && <Kbd className="max-sm:hidden">R</Kbd>}
        </Button>
        {!isHere && (
          <Button size="sm" variant="ghost" asChild>
            <Link to="/interviews/$id/room" params={{ id: waiting.interview_id }}>
              To the room
            </Link>
          </Button>
        )}
        {canAsk && (
          <button
            type="button"
            onClick={ask}
            className="ml-auto text-muted-foreground text-xs underline underline-offset-2 hover:text-foreground"
          >
            Tell me on the desktop too
          </button>
        )}
      </div>
    </div>
  );
}
