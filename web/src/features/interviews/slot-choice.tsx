import { useState } from "react";
import { problemOf } from "@/api/client";
import { useChooseSlot } from "@/api/interviews";
import type { GuestView } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { useNow } from "@/hooks/use-now";
import { browserZone, clockTime, longDay, ownTimeStyle, timeRange, zoneName } from "@/lib/time";
import { byDay } from "./slots";

interface SlotChoiceProps {
  view: GuestView;
  guestToken: string;
}

/** Times of which the candidate takes one, on their own clock; one that begins meanwhile goes by itself. */
export function SlotChoice({ view, guestToken }: SlotChoiceProps) {
  const now = useNow();
  const style = ownTimeStyle();
  const choose = useChooseSlot(guestToken);
  const [picked, setPicked] = useState<number | null>(null);
  const open = view.slots.filter(({ start }) => new Date(start) > now);
  const slot = open.find(({ id }) => id === picked);
  if (open.length === 0) return null;
  return (
    <section className="mt-8 rounded-xl border bg-card p-5" aria-label="Choose a time">
      <h2 className="font-semibold">Choose a time</h2>
      <p className="mt-1 text-[15px] text-muted-foreground">
        On your clock: {browserZone().replaceAll("_", " ")}. The first to take a time has it.
      </p>
      {choose.error && (
        <div className="mt-4">
          <ProblemNotice problem={problemOf(choose.error)} />
        </div>
      )}
      <div className="mt-4 grid gap-4">
        {byDay(open, ({ start }) => new Date(start), style).map(({ day, slots }) => (
          <fieldset key={day.toISOString()}>
            <legend className="mb-2 font-medium text-[15px]">{longDay(day, style)}</legend>
            <div className="flex flex-wrap gap-2">
              {slots.map(({ id, start }) => (
                <Button
                  key={id}
                  variant={id === picked ? "default" : "outline"}
                  aria-pressed={id === picked}
                  onClick={() => setPicked(id)}
                  className="tabular-nums"
                >
                  {clockTime(new Date(start), style)}
                </Button>
              ))}
            </div>
          </fieldset>
        ))}
      </div>
      <Button
        size="lg"
        className="mt-5 w-full"
        disabled={!slot || choose.isPending}
        onClick={() => slot && choose.mutate(slot.id)}
      >
        {slot
          ? `Take ${longDay(new Date(slot.start), style)}, ${timeRange(new Date(slot.start), view.interview.duration_minutes, style)} ${zoneName(new Date(slot.start), style)}`
          : "Choose a time above"}
      </Button>
    </section>
  );
}
