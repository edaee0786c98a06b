import { CalendarClockIcon } from "lucide-react";
import { useState } from "react";
import { problemOf } from "@/api/client";
import { useFreeSlots, useOfferSlots, useWithdrawSlots } from "@/api/interviews";
import type { Interview } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { clockTime, dayAndTime, elsewhere, longDay, ownTimeStyle, zoneName } from "@/lib/time";
import { byDay } from "./slots";

const MOST = 12;

/** Lets the candidate choose the time: suggested from everyone's day, sent by e-mail. */
export function OfferTimes({ interview }: { interview: Interview }) {
  const [isOpen, setIsOpen] = useState(false);
  const now = useNow();
  const withdraw = useWithdrawSlots(interview.id);
  if (!interview.allowed.includes("offer_times")) return null;
  const { offered } = interview;
  if (offered.length === 0 && interview.scheduled_for !== null) return null;
  const takeBack = () => withdraw.mutateAsync().then(() => toast("The times are withdrawn"), toastProblem);
  return (
    <section aria-label="Times to choose from">
      <h2 className="mb-3 font-semibold">Times to choose from</h2>
      <Card className="gap-3 p-5">
        {offered.length === 0 ? (
          <p className="text-muted-foreground">
            Send the candidate a few times at which everybody is free. They choose one on their own clock.
          </p>
        ) : (
          <>
            <p>The candidate was sent these times and has not chosen yet:</p>
            <ul className="flex flex-wrap gap-2">
              {offered.map((start) => (
                <li key={start} className="rounded-full border px-2.5 py-0.5 text-[13px] tabular-nums">
                  {dayAndTime(new Date(start), now, ownTimeStyle())}
                </li>
              ))}
            </ul>
          </>
        )}
        <div className="flex flex-wrap gap-2">
          <Button variant="outline" size="sm" onClick={() => setIsOpen(true)}>
            <CalendarClockIcon />
            {offered.length === 0 ? "Offer times" : "Offer others"}
          </Button>
          {offered.length > 0 && (
            <Button variant="ghost" size="sm" onClick={() => void takeBack()} disabled={withdraw.isPending}>
              Withdraw
            </Button>
          )}
        </div>
      </Card>
      <Dialog open={isOpen} onOpenChange={setIsOpen}>
        <DialogContent className="sm:max-w-lg">
          <DialogHeader>
            <DialogTitle>Offer times</DialogTitle>
            <DialogDescription>
              Everybody who holds the interview works and is free then. Choose some; the candidate takes one.
            </DialogDescription>
          </DialogHeader>
          <OfferForm interview={interview} close={() => setIsOpen(false)} />
        </DialogContent>
      </Dialog>
    </section>
  );
}

function OfferForm({ interview, close }: { interview: Interview; close: () => void }) {
  const style = ownTimeStyle();
  const free = useFreeSlots(
    interview.interviewers.map(({ id }) => id),
    interview.duration_minutes,
    interview.id,
  );
  const offer = useOfferSlots(interview.id);
  const [chosen, setChosen] = useState<string[]>([]);
  const { email } = interview.candidate;
  const error = free.error ?? offer.error;
  const toggle = (start: string) =>
    setChosen(chosen.includes(start) ? chosen.filter((each) => each !== start) : [...chosen, start]);
  const run = () =>
    offer.mutateAsync(chosen).then(
      () => {
        close();
        toast("The candidate is being sent the times");
      },
      // The dialog shows what the mutation failed of.
      () => {},
    );
  return (
    <div className="grid gap-5">
      {error && <ProblemNotice problem={problemOf(error)} />}
      {free.isPending && <Skeleton className="h-56 rounded-xl" />}
      {free.data?.length === 0 && (
        <p className="text-muted-foreground">
          There is no time in the next two weeks at which all of them work and are free. With fewer
          interviewers there may be one.
        </p>
      )}
      <div className="grid max-h-[50vh] gap-4 overflow-y-auto">
        {byDay(free.data ?? [], (start) => new Date(start), style).map(({ day, slots }) => (
          <fieldset key={day.toISOString()}>
            <legend className="mb-2 font-medium">{longDay(day, style)}</legend>
            <div className="grid grid-cols-3 gap-1.5 sm:grid-cols-5">
              {slots.map((start) => {
                const moment = new Date(start);
                const there = elsewhere(moment, interview.candidate.time_zone, style);
                return (
                  <Button
                    key={start}
                    size="sm"
                    variant={chosen.includes(start) ? "default" : "outline"}
                    aria-pressed={chosen.includes(start)}
                    disabled={!chosen.includes(start) && chosen.length >= MOST}
                    onClick={() => toggle(start)}
                    className="tabular-nums"
                    title={
                      there
                        ? `${clockTime(moment, there)} ${zoneName(moment, there)} for the candidate`
                        : undefined
                    }
                  >
                    {clockTime(moment, style)}
                  </Button>
                );
              })}
            </div>
          </fieldset>
        ))}
      </div>
      <p className="text-[13px] text-muted-foreground">
        {email
          ? `${chosen.length} chosen. ${email} gets them by e-mail.`
          : "The candidate has no e-mail address. Add it with Edit first."}
      </p>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button onClick={() => void run()} disabled={!email || chosen.length === 0 || offer.isPending}>
          {offer.isPending ? "Sending…" : "Send"}
        </Button>
      </DialogFooter>
    </div>
  );
}

interface SuggestedTimesProps {
  interviewerIds: readonly number[];
  minutes: number;
  now: Date;
  onPick: (start: Date) => void;
}

/** The next times at which everybody is free, one press away while planning. */
export function SuggestedTimes({ interviewerIds, minutes, now, onPick }: SuggestedTimesProps) {
  const free = useFreeSlots(interviewerIds, minutes);
  const shown = spread(free.data ?? [], ownTimeStyle());
  if (shown.length === 0) return null;
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      <span className="text-[13px] text-muted-foreground">Everybody is free:</span>
      {shown.map((start) => (
        <Button
          key={start}
          size="sm"
          variant="outline"
          className="h-7 rounded-full tabular-nums"
          onClick={() => onPick(new Date(start))}
        >
          {dayAndTime(new Date(start), now, ownTimeStyle())}
        </Button>
      ))}
    </div>
  );
}

/** The first of each of the next days, so that the choice is one. */
function spread(starts: readonly string[], style: ReturnType<typeof ownTimeStyle>): string[] {
  return byDay(starts, (start) => new Date(start), style)
    .slice(0, 3)
    .flatMap(({ slots }) => slots.slice(0, 1));
}
