/** The line above the stage: what this call is, how long it runs, whether it is recorded, how the connection is. */
import { SCOPE_WORDS } from "@/api/calls";
import type { RecordingScope } from "@/api/types";
import { cn } from "@/lib/cn";
import { CallClock, type CallTime } from "./call-clock";
import type { Connection } from "./call-session";

interface TopBarProps {
  title: string;
  /** Undefined before the call has begun, and for candidates who are not to see it. */
  time: CallTime | undefined;
  isCandidate: boolean;
  isRecording: boolean;
  /** What of oneself is recorded, for candidates. */
  scope: RecordingScope | undefined;
  onShowScope: (() => void) | undefined;
  connection: Connection;
  isWeak: boolean;
}

export function TopBar(props: TopBarProps) {
  const { title, time, isCandidate, isRecording, scope, onShowScope, connection, isWeak } = props;
  return (
    <header className="flex h-11 shrink-0 items-center gap-3 px-4 text-[13px]">
      <h1 className="min-w-0 truncate font-medium text-sm" dir="auto" title={title}>
        {title}
      </h1>
      {time !== undefined && <CallClock time={time} isForCandidate={isCandidate} />}
      {isRecording && (
        <span
          data-testid="recording-badge"
          title="Everyone in this call is being recorded"
          className="flex h-6 shrink-0 items-center gap-1.5 rounded-full bg-recording-surface px-2.5 font-medium text-destructive text-xs"
        >
          <span className="size-2 animate-pulse rounded-full bg-recording" aria-hidden />
          <span className="max-sm:hidden">Recording</span>
          <span className="sm:hidden">REC</span>
        </span>
      )}
      {onShowScope !== undefined && scope !== undefined && (
        <button
          type="button"
          data-testid="own-scope"
          onClick={onShowScope}
          className="shrink-0 rounded-md px-1.5 py-0.5 text-muted-foreground text-xs underline-offset-2 hover:text-foreground hover:underline"
        >
          <span className="max-sm:hidden">Recorded of you: </span>
          {SCOPE_WORDS[scope]}
        </button>
      )}
      <ConnectionState connection={connection} isWeak={isWeak} />
    </header>
  );
}

const WORDS: Record<Connection, string> = {
  joining: "Connecting…",
  connected: "Connected",
  resuming: "Reconnecting…",
  reconnecting: "Reconnecting…",
  rejoining: "Reconnecting…",
  over: "Not connected",
};

function ConnectionState({ connection, isWeak }: { connection: Connection; isWeak: boolean }) {
  const isGood = connection === "connected" && !isWeak;
  return (
    <span
      data-testid="connection-state"
      data-state={connection}
      role="status"
      className={cn(
        "ml-auto flex shrink-0 items-center gap-2",
        isGood ? "text-muted-foreground" : "text-warning",
      )}
    >
      <span className={cn("size-2 rounded-full", isGood ? "bg-live" : "bg-warning")} aria-hidden />
      {connection === "connected" && isWeak ? "Weak connection" : WORDS[connection]}
    </span>
  );
}
