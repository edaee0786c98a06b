/** The time against the plan: quiet while there is enough, amber towards the end. */
import { useState } from "react";
import { useSecond } from "@/hooks/use-second";
import { clockText, spokenTime } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { type Phase, phaseOf } from "./time-plan";

export interface CallTime {
  elapsedS: number;
  plannedS: number;
  phase: Phase;
}

/** `startedAt` in Unix milliseconds of the server's clock, which `offsetMs` leads this machine's to. */
export function useCallTime(
  startedAt: number | undefined,
  durationMinutes: number | undefined,
  offsetMs: number,
): CallTime | undefined {
  const now = useSecond(startedAt !== undefined) + offsetMs;
  if (startedAt === undefined || durationMinutes === undefined) return undefined;
  const elapsedS = Math.max(0, (now - startedAt) / 1000);
  const plannedS = durationMinutes * 60;
  return { elapsedS, plannedS, phase: phaseOf(elapsedS, plannedS) };
}

interface CallClockProps {
  time: CallTime;
  /** Candidates see what is left, and only if an interviewer wants it. */
  isForCandidate: boolean;
}

export function CallClock({ time, isForCandidate }: CallClockProps) {
  const { elapsedS, plannedS, phase } = time;
  const left = Math.max(0, plannedS - elapsedS);
  const isCalm = phase === "running";
  return (
    <span
      role="timer"
      data-testid="call-clock"
      data-phase={phase}
      className={cn("shrink-0 tabular-nums", isCalm ? "text-muted-foreground" : "text-warning")}
      title={`Planned: ${Math.round(plannedS / 60)} minutes`}
    >
      {isForCandidate || phase === "closing" ? (
        `${clockText(left)} left`
      ) : phase === "over" ? (
        `${clockText(elapsedS - plannedS)} over`
      ) : (
        <>
          {clockText(elapsedS)}
          <span className="max-sm:hidden"> / {clockText(plannedS)}</span>
        </>
      )}
      <span className="sr-only"> {spokenTime(elapsedS)} since the beginning</span>
    </span>
  );
}

const WARNINGS: Record<Phase, string | undefined> = {
  running: undefined,
  closing: "Five minutes are left of the planned time. Leave some for the candidate's questions.",
  over: "The planned time is over. The call goes on until somebody ends it.",
};

/** What to say about the time, once for each phase, until it is put away. */
export function useTimeWarning(
  time: CallTime | undefined,
): { text: string; dismiss: () => void } | undefined {
  const [dismissed, setDismissed] = useState<Phase>();
  const phase = time?.phase ?? "running";
  const text = WARNINGS[phase];
  return text === undefined || dismissed === phase ? undefined : { text, dismiss: () => setDismissed(phase) };
}
