/** What the room has to say, floating above the stage: never more than it must, never over a face for longer than needed. */
import {
  CircleDotIcon,
  MicOffIcon,
  MonitorUpIcon,
  TriangleAlertIcon,
  UserRoundIcon,
  Volume2Icon,
  WifiOffIcon,
  XIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { CopyButton } from "@/components/copy-button";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import type { CallInfo } from "./api";
import type { CallSession, CallSnapshot } from "./call-session";
import { adviceFor, platformOf } from "./device-problems";

interface NoticesProps {
  session: CallSession;
  snapshot: CallSnapshot;
  info: CallInfo | undefined;
  isRecordingNew: boolean;
  /** The connection has been away for longer than a hiccup. */
  isAway: boolean;
  /** For candidates who have not said yet whether they may be recorded. */
  onAnswerRecording: (() => void) | undefined;
}

export function Notices(props: NoticesProps) {
  const { session, snapshot, info, isRecordingNew, isAway, onAnswerRecording } = props;
  const { connection, canHear, deviceProblem, isMicrophoneSilent, sending, people } = snapshot;
  const isAlone = connection === "connected" && people.length === 1;
  return (
    <div className="pointer-events-none absolute inset-x-0 top-2 z-20 flex flex-col items-center gap-2 px-3">
      {isAway && (
        <Notice tone="warning" icon={<WifiOffIcon />} testId="reconnecting-banner">
          <span>
            <b className="font-medium">Reconnecting…</b> Stay here; the call goes on by itself.
          </span>
          {connection === "rejoining" && (
            <Button size="sm" variant="outline" onClick={session.retryNow}>
              Try now
            </Button>
          )}
        </Notice>
      )}
      {!canHear && !isAway && (
        <Notice tone="warning" icon={<Volume2Icon />} testId="hear-notice">
          <span>Your browser keeps the sound off until you click.</span>
          <Button size="sm" data-testid="hear" onClick={() => void session.hear()}>
            Turn sound on
          </Button>
        </Notice>
      )}
      {deviceProblem !== undefined && (
        <Notice
          tone="warning"
          icon={<TriangleAlertIcon />}
          testId="device-notice"
          onDismiss={() => session.dismissDeviceProblem()}
        >
          <DeviceAdvice {...deviceProblem} />
        </Notice>
      )}
      {isMicrophoneSilent && deviceProblem === undefined && (
        <Notice
          tone="warning"
          icon={<MicOffIcon />}
          testId="silence-notice"
          onDismiss={() => session.dismissDeviceProblem()}
        >
          <span>Your microphone sends only silence. Is it switched off, or is another one meant?</span>
        </Notice>
      )}
      {isRecordingNew && (
        <Notice tone="recording" icon={<CircleDotIcon />} testId="recording-notice">
          <span>This call is being recorded.</span>
        </Notice>
      )}
      {onAnswerRecording !== undefined && (
        <Notice tone="recording" icon={<CircleDotIcon />} testId="recording-question">
          <span>The call is being recorded, but nothing of you yet.</span>
          <Button size="sm" onClick={onAnswerRecording}>
            Choose
          </Button>
        </Notice>
      )}
      {sending.screen && (
        <Notice tone="live" icon={<MonitorUpIcon />} testId="own-share">
          <span>Everyone sees your screen.</span>
          <Button size="sm" variant="outline" onClick={() => void session.setScreen(false)}>
            Stop sharing
          </Button>
        </Notice>
      )}
      {isAlone && info !== undefined && (
        <Notice tone="plain" icon={<UserRoundIcon />} testId="alone-notice">
          <span>
            You are in. <bdi>{nameList(info.expected)}</bdi> will appear here.
          </span>
          {info.candidateLink !== null && (
            <CopyButton size="sm" variant="outline" text={info.candidateLink} label="Copy link" />
          )}
        </Notice>
      )}
    </div>
  );
}

function nameList(names: string[]): string {
  const text = new Intl.ListFormat("en", { type: "disjunction" }).format(names);
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}

function DeviceAdvice({ device, problem }: NonNullable<CallSnapshot["deviceProblem"]>) {
  const advice = adviceFor(problem, [device], platformOf(navigator.userAgent, navigator.maxTouchPoints));
  return (
    <div className="space-y-1 py-0.5">
      <p className="font-medium">{advice.title}</p>
      <ol className={cn("text-muted-foreground", advice.steps.length > 1 && "list-decimal pl-4")}>
        {advice.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </div>
  );
}

const TONES = {
  plain: "[&>svg]:text-muted-foreground",
  live: "border-live/40 [&>svg]:text-primary",
  warning: "border-warning/40 [&>svg]:text-warning",
  recording: "border-recording/40 [&>svg]:text-recording",
};

interface NoticeProps {
  tone: keyof typeof TONES;
  icon: ReactNode;
  testId: string;
  onDismiss?: () => void;
  children: ReactNode;
}

function Notice({ tone, icon, testId, onDismiss, children }: NoticeProps) {
  return (
    <div
      role="status"
      data-testid={testId}
      className={cn(
        "fade-in-0 slide-in-from-top-1 pointer-events-auto flex max-w-full animate-in items-center gap-3 rounded-xl border bg-popover/95 py-2 pr-2 pl-3.5 text-[13px] text-popover-foreground leading-5 shadow-lg backdrop-blur-sm sm:max-w-xl [&>svg]:size-4 [&>svg]:shrink-0",
        TONES[tone],
        "[&>span:last-child]:pr-2",
      )}
    >
      {icon}
      {children}
      {onDismiss !== undefined && (
        <Button
          size="icon-sm"
          variant="ghost"
          aria-label="Dismiss"
          onClick={onDismiss}
          className="self-start"
        >
          <XIcon />
        </Button>
      )}
    </div>
  );
}
