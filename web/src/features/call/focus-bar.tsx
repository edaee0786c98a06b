/** Focus time as both sides see it: how much is left, and the way out. */
import { BrainIcon } from "lucide-react";
import { Button } from "@/components/ui/button";
import { clockText } from "@/lib/clock";
import type { FocusTime } from "./use-focus";

interface FocusBarProps {
  focus: FocusTime;
  isCandidate: boolean;
  /** Observers only watch. */
  onEnd: (() => void) | undefined;
}

export function FocusBar({ focus, isCandidate, onEnd }: FocusBarProps) {
  if (!focus.isRunning) return null;
  return (
    <section
      aria-label="Focus time"
      data-testid="focus-bar"
      className="mx-2.5 mb-2 flex shrink-0 items-center gap-3 rounded-xl border border-live/40 bg-live-surface px-4 py-2 text-[13px]"
    >
      <BrainIcon className="size-4 shrink-0 text-primary" aria-hidden />
      <p className="min-w-0 flex-1">
        <b className="font-medium">Focus time.</b>{" "}
        {isCandidate
          ? "Nobody sees or hears you; work in peace."
          : "The candidate works unwatched and hears you if you speak."}
      </p>
      <span role="timer" className="font-medium tabular-nums" data-testid="focus-left">
        {clockText(focus.secondsLeft)}
      </span>
      {onEnd !== undefined && (
        <Button size="sm" variant="outline" data-testid="end-focus" onClick={onEnd}>
          {isCandidate ? "I'm done" : "End now"}
        </Button>
      )}
    </section>
  );
}
