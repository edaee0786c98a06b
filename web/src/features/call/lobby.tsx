/** Before the call: see yourself, see that you are heard, choose devices, go in. */

import { Link } from "@tanstack/react-router";
import { ArrowLeftIcon, MicIcon, MicOffIcon, VideoIcon, VideoOffIcon, Volume2Icon } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Brand } from "@/components/brand";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { Tooltip, TooltipContent, TooltipTrigger } from "@/components/ui/tooltip";
import { useShortcuts } from "@/hooks/use-shortcuts";
import { playTestSound } from "@/lib/chime";
import { cn } from "@/lib/cn";
import { listOf } from "@/lib/locale";
import type { CallInfo } from "./api";
import type { LocalTracks } from "./call-session";
import { DeviceHelp } from "./device-help";
import { DeviceSelect } from "./device-select";
import { GuestEntry } from "./guest-entry";
import { rememberDevices, rememberedDevices, type Sending } from "./memory";
import { MicMeter } from "./mic-meter";
import { NetworkCheck } from "./network-check";
import type { GuestDoor } from "./use-guest-door";
import { type LobbyDevices, useLobbyDevices } from "./use-lobby-devices";
import { useMediaDevices } from "./use-media-devices";
import { Video } from "./video";

interface LobbyProps {
  info: CallInfo | undefined;
  /** Candidates knock; members go straight in. */
  door: GuestDoor | undefined;
  /** Where members came from; guests have nowhere to go back to. */
  interviewId: string | undefined;
  guestToken: string | undefined;
  onJoin: (sending: Sending, tracks: LocalTracks) => void;
}

export function Lobby({ info, door, interviewId, guestToken, onJoin }: LobbyProps) {
  const devices = useLobbyDevices();
  const { camera, microphone } = devices;
  useShortcuts({ m: () => devices.toggle("microphone"), v: () => devices.toggle("camera") });
  const join = () => {
    // A device that is still opening is opened inside; one that failed would only fail again, and can be switched on there.
    const sending = {
      microphone: microphone.isOn && microphone.problem === undefined,
      camera: camera.isOn && camera.problem === undefined,
    };
    onJoin(sending, devices.release());
  };
  return (
    <main data-testid="lobby" className="flex min-h-dvh flex-col bg-background px-4 pb-6 sm:px-8">
      <div className="flex h-16 shrink-0 items-center">
        {interviewId === undefined ? (
          <Brand />
        ) : (
          <Button variant="ghost" className="-ml-3" asChild>
            <Link to="/interviews/$id" params={{ id: interviewId }}>
              <ArrowLeftIcon /> Interview
            </Link>
          </Button>
        )}
      </div>
      <div className="mx-auto grid w-full max-w-6xl flex-1 content-start gap-5 lg:-mt-8 lg:content-center lg:grid-cols-[minmax(0,1fr)_22rem] lg:gap-12">
        <header className="lg:hidden">
          <Heading info={info} />
        </header>
        <div className="space-y-4">
          <Preview devices={devices} />
          <MicMeter track={microphone.track?.mediaStreamTrack} className="px-1" />
        </div>
        <div className="flex flex-col gap-5 lg:justify-center">
          <header className="max-lg:hidden">
            <Heading info={info} />
          </header>
          <DeviceHelp
            problems={{ camera: camera.problem, microphone: microphone.problem }}
            onRetry={devices.retry}
          />
          <DeviceFields devices={devices} />
          <NetworkCheck guestToken={guestToken} />
          {door === undefined ? (
            <JoinPanel info={info} devices={devices} onJoin={join} />
          ) : (
            <GuestEntry door={door} hint={hintFor(devices)} onAdmitted={join} />
          )}
        </div>
      </div>
    </main>
  );
}

function Heading({ info }: { info: CallInfo | undefined }) {
  if (info === undefined) return <Skeleton className="h-14 w-64" />;
  return (
    <div className="space-y-1.5">
      <p className="text-muted-foreground text-sm">
        {info.state === "live" ? "The call is running" : "Get ready"}
      </p>
      <h1 className="text-balance font-semibold text-2xl/8 tracking-tight" dir="auto">
        {info.title}
      </h1>
      <p className="text-base text-muted-foreground/90 lg:text-[15px]">
        With <bdi>{listOf(info.expected)}</bdi> · {info.durationMinutes} minutes
      </p>
    </div>
  );
}

function Preview({ devices }: { devices: LobbyDevices }) {
  const { camera, microphone } = devices;
  return (
    <div className="dark relative aspect-[4/3] overflow-hidden rounded-2xl bg-[oklch(0.2_0.005_65)] text-foreground shadow-soft sm:aspect-video">
      <div className="absolute inset-0 grid place-items-center pb-14">
        <p className="text-muted-foreground text-sm">{previewText(camera)}</p>
      </div>
      {camera.track !== undefined && <Video track={camera.track} isMirrored />}
      <div className="absolute inset-x-0 bottom-0 flex justify-center gap-3 bg-linear-to-t from-black/50 to-transparent p-4 pt-10">
        <Toggle
          isOn={microphone.isOn && microphone.problem === undefined}
          onToggle={() => devices.toggle("microphone")}
          label={microphone.isOn ? "Turn microphone off" : "Turn microphone on"}
          hint="M"
          testId="lobby-mic-toggle"
        >
          {microphone.isOn && microphone.problem === undefined ? <MicIcon /> : <MicOffIcon />}
        </Toggle>
        <Toggle
          isOn={camera.isOn && camera.problem === undefined}
          onToggle={() => devices.toggle("camera")}
          label={camera.isOn ? "Turn camera off" : "Turn camera on"}
          hint="V"
          testId="lobby-camera-toggle"
        >
          {camera.isOn && camera.problem === undefined ? <VideoIcon /> : <VideoOffIcon />}
        </Toggle>
      </div>
    </div>
  );
}

function previewText({ isOn, isStarting, problem }: LobbyDevices["camera"]): string {
  if (isStarting) return "Starting your camera…";
  if (problem !== undefined) return "No picture yet";
  return isOn ? "" : "Your camera is off";
}

interface ToggleProps {
  isOn: boolean;
  onToggle: () => void;
  label: string;
  hint: string;
  testId: string;
  children: ReactNode;
}

function Toggle({ isOn, onToggle, label, hint, testId, children }: ToggleProps) {
  return (
    <Tooltip>
      <TooltipTrigger asChild>
        <button
          type="button"
          data-testid={testId}
          aria-label={label}
          aria-pressed={isOn}
          onClick={onToggle}
          className={cn(
            "grid size-12 place-items-center rounded-full transition-colors [&_svg]:size-5",
            isOn
              ? "bg-white/15 text-white backdrop-blur-sm hover:bg-white/25"
              : "bg-white text-neutral-900 hover:bg-white/90",
          )}
        >
          {children}
        </button>
      </TooltipTrigger>
      <TooltipContent>
        {label} <kbd className="opacity-60">{hint}</kbd>
      </TooltipContent>
    </Tooltip>
  );
}

function DeviceFields({ devices }: { devices: LobbyDevices }) {
  const list = useMediaDevices(
    `${devices.microphone.track?.mediaStreamID}${devices.camera.track?.mediaStreamID}`,
  );
  const [remembered, setRemembered] = useState(rememberedDevices);
  const remember = (change: Parameters<typeof rememberDevices>[0]) => {
    rememberDevices(change);
    setRemembered(rememberedDevices());
  };
  return (
    <div className="space-y-2.5">
      {/* A list without a choice would only repeat what the help above says. */}
      {list.microphones.length > 0 && (
        <DeviceSelect
          icon={MicIcon}
          label="Microphone"
          devices={list.microphones}
          current={
            devices.microphone.track?.mediaStreamTrack.getSettings().deviceId ?? remembered.microphoneId
          }
          onChoose={(id) => devices.choose("microphone", id)}
        />
      )}
      {list.cameras.length > 0 && (
        <DeviceSelect
          icon={VideoIcon}
          label="Camera"
          devices={list.cameras}
          current={devices.camera.track?.mediaStreamTrack.getSettings().deviceId ?? remembered.cameraId}
          onChoose={(id) => devices.choose("camera", id)}
        />
      )}
      <div className="flex gap-2">
        <div className="min-w-0 flex-1">
          <DeviceSelect
            icon={Volume2Icon}
            label="Speaker"
            devices={list.speakers}
            current={remembered.speakerId}
            onChoose={(id) => remember({ speakerId: id })}
          />
        </div>
        <Button variant="outline" onClick={() => void playTestSound(remembered.speakerId)}>
          Test
        </Button>
      </div>
    </div>
  );
}

interface JoinPanelProps {
  info: CallInfo | undefined;
  devices: LobbyDevices;
  onJoin: () => void;
}

function JoinPanel({ info, devices, onJoin }: JoinPanelProps) {
  const { camera, microphone } = devices;
  const isStarting = camera.isStarting || microphone.isStarting;
  return (
    <div className="space-y-3 bg-background max-lg:sticky max-lg:bottom-0 max-lg:-mx-4 max-lg:px-4 max-lg:py-3">
      {info?.isRecording && (
        <p className="flex items-center gap-2 text-sm">
          <span className="size-2 rounded-full bg-recording" aria-hidden /> This call is being recorded.
        </p>
      )}
      <Button size="lg" className="w-full" data-testid="join" onClick={onJoin} disabled={info === undefined}>
        {joinText(isStarting, camera.track !== undefined, microphone.track !== undefined)}
      </Button>
      <p className="text-center text-muted-foreground text-xs">
        {hintFor(devices)} By joining you agree to be part of a recording; everyone sees when one runs.
      </p>
    </div>
  );
}

function hintFor({ camera, microphone }: LobbyDevices): string {
  const hasProblem = camera.problem !== undefined || microphone.problem !== undefined;
  if (camera.isStarting || microphone.isStarting) return "Your browser may ask for permission.";
  return hasProblem
    ? "What is missing can be switched on later, in the call."
    : "You can switch both on and off during the call.";
}

function joinText(isStarting: boolean, hasCamera: boolean, hasMicrophone: boolean): string {
  if (isStarting || (hasCamera && hasMicrophone)) return "Join the call";
  if (hasMicrophone) return "Join without camera";
  if (hasCamera) return "Join without microphone";
  return "Join to watch and listen";
}
