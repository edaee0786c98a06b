/** What the room has to say, floating above the stage: never more than it must, never over a face for longer than needed. */

import {
  BrainIcon,
  CircleDotIcon,
  ClockIcon,
  MessageCircleQuestionIcon,
  MicIcon,
  MicOffIcon,
  MonitorUpIcon,
  SignalLowIcon,
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
import { listOf } from "@/lib/locale";
import type { CallInfo } from "./api";
import type { CallSession, CallSnapshot } from "./call-session";
import { adviceFor, platformOf } from "./device-problems";
import type { RoomFloor } from "./use-floor";
import type { FocusTime } from "./use-focus";
import { useNewly } from "./use-lasting";
import type { SoundOnly } from "./use-sound-only";

interface NoticesProps {
  session: CallSession;
  snapshot: CallSnapshot;
  info: CallInfo | undefined;
  isRecording: boolean;
  /** The connection has been away for longer than a hiccup. */
  isAway: boolean;
  /** For candidates who have not said yet whether they may be recorded. */
  onAnswerRecording: (() => void) | undefined;
  floor: RoomFloor;
  focus: FocusTime;
  soundOnly: SoundOnly;
  timeWarning: { text: string; dismiss: () => void } | undefined;
  isTalking: boolean;
  /** The area at the side is open; on wide pages nothing floats over it. */
  isSideOpen: boolean;
}

export function Notices(props: NoticesProps) {
  const { session, snapshot, info, isRecording, isAway, onAnswerRecording, soundOnly, isTalking } = props;
  const { connection, canHear, deviceProblem, isMicrophoneSilent, sending, people } = snapshot;
  const isRecordingNew = useNewly(isRecording, 6000);
  const isAlone = connection === "connected" && people.length === 1;
  return (
    <div
      className={cn(
        "pointer-events-none absolute inset-x-0 top-2 z-20 flex flex-col items-center gap-2 px-3",
        props.isSideOpen && "md:right-88",
      )}
    >
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
      {soundOnly.isByLine && !isAway && (
        <Notice tone="warning" icon={<SignalLowIcon />} testId="sound-only-notice">
          <span>
            Your line is weak, so you have sound without faces for now. Pictures come back by themselves.
          </span>
          <Button size="sm" variant="outline" onClick={soundOnly.showPictures}>
            Show anyway
          </Button>
        </Notice>
      )}
      {isTalking && (
        <Notice tone="live" icon={<MicIcon />} testId="talking-notice">
          <span>You are heard while you hold the space bar.</span>
        </Notice>
      )}
      <FloorNotices {...props} />
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

const STOPPED = {
  microphone: { text: "muted you. Unmute when you want to speak.", act: "Unmute" },
  camera: { text: "switched your camera off.", act: "Start camera" },
  screen: { text: "stopped your screen share. Nobody sees your screen.", act: undefined },
};
const ASKED = {
  microphone: { text: "asks you to unmute", act: "Unmute" },
  camera: { text: "asks you to start your camera", act: "Start camera" },
  screen: { text: "asks you to share your screen", act: "Share screen" },
};

/** What others did or want: requests, switched-off devices, the time. */
function FloorNotices({ session, snapshot, floor, focus, timeWarning }: NoticesProps) {
  const stopped = snapshot.stopped.at(-1);
  const stoppedBy = floor.stops.find(({ kind }) => kind === stopped)?.by;
  const ask = floor.askedOfMe[0];
  return (
    <>
      {ask !== undefined && !focus.isRunning && (
        <Notice tone="live" icon={<MessageCircleQuestionIcon />} testId="ask-notice">
          <span>
            <bdi>{ask.asked_by}</bdi> {ASKED[ask.kind].text}.
          </span>
          <span className="flex shrink-0 gap-1.5">
            <Button size="sm" data-testid="ask-accept" onClick={() => floor.answer(ask, true)}>
              {ASKED[ask.kind].act}
            </Button>
            <Button
              size="sm"
              variant="outline"
              data-testid="ask-decline"
              onClick={() => floor.answer(ask, false)}
            >
              Not now
            </Button>
          </span>
        </Notice>
      )}
      {stopped !== undefined && !focus.isRunning && focus.paused === undefined && (
        <Notice
          tone="plain"
          icon={<MicOffIcon />}
          testId="stopped-notice"
          onDismiss={() => session.dismissDeviceProblem()}
        >
          <span>
            <bdi>{stoppedBy ?? "Somebody"}</bdi> {STOPPED[stopped].text}
          </span>
          {stopped !== "screen" && (
            <Button
              size="sm"
              variant="outline"
              onClick={() =>
                void (stopped === "camera" ? session.setCamera(true) : session.setMicrophone(true))
              }
            >
              {STOPPED[stopped].act}
            </Button>
          )}
        </Notice>
      )}
      {focus.paused !== undefined && (
        <Notice tone="live" icon={<BrainIcon />} testId="focus-over-notice" onDismiss={focus.forget}>
          <span>Focus time is over. You are still off.</span>
          <Button size="sm" data-testid="focus-resume" onClick={focus.resume}>
            {resumeWord(focus.paused)}
          </Button>
        </Notice>
      )}
      {timeWarning !== undefined && (
        <Notice tone="plain" icon={<ClockIcon />} testId="time-notice" onDismiss={timeWarning.dismiss}>
          <span>{timeWarning.text}</span>
        </Notice>
      )}
    </>
  );
}

function resumeWord({ camera, microphone }: { camera: boolean; microphone: boolean }): string {
  if (camera && microphone) return "Camera and microphone on";
  return camera ? "Camera on" : "Microphone on";
}

function nameList(names: string[]): string {
  const text = listOf(names, "disjunction");
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
