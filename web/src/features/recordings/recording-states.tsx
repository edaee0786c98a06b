/** A recording that cannot be played yet, or not at all: what happens now, what is safe, what to do. */
import { Link } from "@tanstack/react-router";
import { CircleAlertIcon, CircleCheckIcon, CircleDotIcon, ClockIcon, type LucideIcon } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import type { Recording, RecordingTrack } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { clockText } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { SOURCE_NAMES } from "./timeline";

export function StillRecording({ recording }: { recording: Recording }) {
  const seconds = useSecondsSince(recording.started_at);
  return (
    <StateCard icon={CircleDotIcon} tone="text-recording" title="Recording now" testId="review-recording">
      <p className="font-mono text-3xl tabular-nums" role="timer">
        {clockText(seconds)}
      </p>
      <p>It is written to this server as the call goes on. It can be played here soon after it stops.</p>
      <Button variant="outline" asChild>
        <Link to="/interviews/$id/room" params={{ id: recording.interview.id }}>
          Go to the call
        </Link>
      </Button>
    </StateCard>
  );
}

export function Processing({ recording }: { recording: Recording }) {
  const percent = Math.round(recording.progress * 100);
  return (
    <StateCard
      icon={ClockIcon}
      tone="text-primary"
      title="Preparing the recording"
      testId="review-processing"
    >
      <div className="w-full space-y-2">
        <Progress value={percent} aria-label="Preparing the recording" />
        <p className="text-right tabular-nums">{percent} %</p>
      </div>
      <p>
        Nothing is converted, so this takes seconds, not hours. It goes on by itself if you leave this page.
      </p>
      <TrackStates tracks={recording.tracks} />
    </StateCard>
  );
}

export function Failed({ recording }: { recording: Recording }) {
  return (
    <StateCard
      icon={CircleAlertIcon}
      tone="text-destructive"
      title="This recording could not be prepared"
      testId="review-failed"
    >
      <p className="text-foreground">{recording.detail || "The server gave no reason."}</p>
      <p>
        What was captured is kept in the server’s data folder; nothing was deleted. Whoever runs this server
        finds the cause in its log.
      </p>
      <TrackStates tracks={recording.tracks} />
      <Button variant="outline" asChild>
        <Link to="/interviews/$id" params={{ id: recording.interview.id }}>
          To the interview
        </Link>
      </Button>
    </StateCard>
  );
}

export function NothingRecorded({ recording }: { recording: Recording }) {
  return (
    <StateCard
      icon={CircleDotIcon}
      tone="text-muted-foreground"
      title="There is nothing to play"
      testId="review-empty"
    >
      <p>Nobody sent sound or pictures while this recording ran.</p>
      <Button variant="outline" asChild>
        <Link to="/interviews/$id" params={{ id: recording.interview.id }}>
          To the interview
        </Link>
      </Button>
    </StateCard>
  );
}

interface StateCardProps {
  icon: LucideIcon;
  tone: string;
  title: string;
  testId: string;
  children: ReactNode;
}

function StateCard({ icon: Icon, tone, title, testId, children }: StateCardProps) {
  return (
    <main data-testid={testId} className="grid flex-1 place-items-center px-4 py-10">
      <div className="flex w-full max-w-md flex-col items-center gap-4 text-center text-muted-foreground">
        <Icon className={cn("size-9", tone)} strokeWidth={1.5} aria-hidden />
        <h2 className="font-semibold text-foreground text-xl tracking-tight">{title}</h2>
        {children}
      </div>
    </main>
  );
}

function TrackStates({ tracks }: { tracks: RecordingTrack[] }) {
  if (tracks.length === 0) return null;
  return (
    <ul className="w-full divide-y rounded-xl border bg-card px-4 text-left text-sm">
      {tracks.map((track) => (
        <li key={track.id} className="flex items-center justify-between gap-3 py-2.5">
          <span className="truncate text-foreground">
            <bdi>{track.participant.name}</bdi>{" "}
            <span className="text-muted-foreground">· {SOURCE_NAMES[track.source]}</span>
          </span>
          <TrackState state={track.state} />
        </li>
      ))}
    </ul>
  );
}

function TrackState({ state }: { state: RecordingTrack["state"] }) {
  if (state === "ready") {
    return (
      <span className="flex shrink-0 items-center gap-1.5 text-primary">
        <CircleCheckIcon className="size-4" aria-hidden /> Ready
      </span>
    );
  }
  if (state === "failed") return <span className="shrink-0 text-destructive">Failed</span>;
  return <span className="shrink-0">{state === "processing" ? "Being prepared" : "Waiting"}</span>;
}

function useSecondsSince(moment: string): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return Math.max(0, (now - Date.parse(moment)) / 1000);
}
