/** The line below the stage. Every control keeps its place and width whatever its state, so that no click ever lands beside it. */
import {
  ChevronUpIcon,
  CircleIcon,
  CircleStopIcon,
  LogOutIcon,
  type LucideIcon,
  MessageSquareIcon,
  MicIcon,
  MicOffIcon,
  MonitorUpIcon,
  MonitorXIcon,
  UsersIcon,
  VideoIcon,
  VideoOffIcon,
} from "lucide-react";
import type { ComponentProps, ReactNode } from "react";
import { DropdownMenu, DropdownMenuContent, DropdownMenuTrigger } from "@/components/ui/dropdown-menu";
import { Tooltip, TooltipContent, TooltipTrigger } from "@/components/ui/tooltip";
import { cn } from "@/lib/cn";
import type { CallSession, CallSnapshot } from "./call-session";
import { DeviceMenu } from "./device-menu";
import { EndForAll } from "./end-for-all";
import { HandButton, ReactionMenu } from "./hand-button";
import { LayoutMenu } from "./layout-menu";
import { MoreMenu, type MoreMenuProps } from "./more-menu";
import { type SideTab, Unread } from "./side-panel";
import type { RoomFloor } from "./use-floor";
import type { SmallWindow } from "./use-small-window";
import type { StageView } from "./use-stage-view";

export interface RecordingControl {
  isRecording: boolean;
  isBusy: boolean;
  toggle: () => void;
}

interface ControlBarProps {
  session: CallSession;
  snapshot: CallSnapshot;
  /** Interviewers only. */
  recording: RecordingControl | undefined;
  /** Interviewers only. */
  onEnd: (() => Promise<void>) | undefined;
  /** Who only watches has no devices to switch. */
  canSend: boolean;
  side: SideTab | undefined;
  onToggleSide: (tab: SideTab) => void;
  /** Messages not read yet. */
  unread: number;
  floor: RoomFloor;
  view: StageView;
  smallWindow: SmallWindow;
  /** The candidate works unwatched: nothing of theirs can be switched on. */
  isCurtained: boolean;
  menu: Omit<MoreMenuProps, "session" | "floor" | "view" | "canSend" | "onTogglePanel">;
}

export function ControlBar({
  session,
  snapshot,
  recording,
  onEnd,
  canSend,
  side,
  onToggleSide,
  unread,
  floor,
  view,
  smallWindow,
  isCurtained,
  menu,
}: ControlBarProps) {
  const { sending, busy, connection } = snapshot;
  const isConnected = connection === "connected" || connection === "resuming";
  const count = snapshot.people.length;
  return (
    <footer className="flex shrink-0 items-center justify-center gap-0.5 px-2 pt-1.5 pb-[max(0.625rem,env(safe-area-inset-bottom))] xl:gap-1.5">
      {canSend && (
        <>
          <WithDevices kind="microphone" session={session}>
            <Control
              testId="mic-toggle"
              icon={sending.microphone ? MicIcon : MicOffIcon}
              label={sending.microphone ? "Mute" : "Unmute"}
              hint="M"
              isOff={!sending.microphone}
              isBusy={busy.microphone || !isConnected || isCurtained}
              onClick={() => void session.setMicrophone(!sending.microphone)}
            />
          </WithDevices>
          <WithDevices kind="camera" session={session}>
            <Control
              testId="camera-toggle"
              icon={sending.camera ? VideoIcon : VideoOffIcon}
              label={sending.camera ? "Stop camera" : "Start camera"}
              hint="V"
              isOff={!sending.camera}
              isBusy={busy.camera || !isConnected || isCurtained}
              onClick={() => void session.setCamera(!sending.camera)}
            />
          </WithDevices>
          {canShare && (
            <Control
              testId="share-toggle"
              icon={sending.screen ? MonitorXIcon : MonitorUpIcon}
              label={sending.screen ? "Stop sharing" : "Share screen"}
              hint="S"
              isActive={sending.screen}
              isBusy={busy.screen || !isConnected || isCurtained}
              onClick={() => void session.setScreen(!sending.screen)}
            />
          )}
        </>
      )}
      {recording !== undefined && (
        <Control
          testId="record-toggle"
          icon={recording.isRecording ? CircleStopIcon : CircleIcon}
          label={recording.isRecording ? "Stop recording" : "Record"}
          isBusy={recording.isBusy || !isConnected}
          iconClassName={recording.isRecording ? "text-recording" : "fill-recording text-recording"}
          onClick={recording.toggle}
        />
      )}
      {canSend && (
        <>
          <HandButton floor={floor} isConnected={isConnected} />
          <ReactionMenu floor={floor} />
        </>
      )}
      <LayoutMenu view={view} smallWindow={smallWindow} />
      <Control
        testId="people-toggle"
        icon={UsersIcon}
        label={count > 0 ? `People (${count})` : "People"}
        hint="P"
        isActive={side === "people"}
        onClick={() => onToggleSide("people")}
        className="max-sm:hidden"
      />
      <div className="relative">
        <Control
          testId="chat-toggle"
          icon={MessageSquareIcon}
          label="Chat"
          hint="C"
          isActive={side === "chat" || side === "team"}
          onClick={() => onToggleSide("chat")}
        />
        {unread > 0 && (
          <span data-testid="unread" className="pointer-events-none absolute top-0 right-0 xl:right-3">
            <Unread count={unread} />
          </span>
        )}
      </div>
      <MoreMenu
        session={session}
        floor={floor}
        view={view}
        canSend={canSend}
        onTogglePanel={() => onToggleSide("people")}
        {...menu}
      />
      <div className="ml-1 flex items-stretch xl:ml-4">
        <Tooltip>
          <TooltipTrigger asChild>
            <button
              type="button"
              data-testid="leave"
              onClick={() => void session.leave()}
              className={cn(
                "flex h-11 items-center gap-2 rounded-xl bg-[oklch(0.55_0.21_26)] px-4 font-medium text-sm text-white transition-colors hover:bg-[oklch(0.5_0.2_26)] max-sm:px-3.5",
                onEnd !== undefined && "rounded-r-none",
              )}
            >
              <LogOutIcon className="size-4" aria-hidden /> <span className="max-sm:sr-only">Leave</span>
            </button>
          </TooltipTrigger>
          <TooltipContent>
            {onEnd === undefined ? "Leave the call" : "Leave; the others can go on"}
          </TooltipContent>
        </Tooltip>
        {onEnd !== undefined && <EndForAll onEnd={onEnd} />}
      </div>
    </footer>
  );
}

/** Phones cannot share their screen from a browser. */
const canShare = navigator.mediaDevices !== undefined && "getDisplayMedia" in navigator.mediaDevices;

interface ControlProps {
  icon: LucideIcon;
  label: string;
  hint?: string;
  testId: string;
  isOff?: boolean;
  isActive?: boolean;
  isBusy?: boolean;
  iconClassName?: string;
  className?: string;
  onClick: () => void;
}

export function Control(props: ControlProps) {
  const {
    icon: Icon,
    label,
    hint,
    testId,
    isOff = false,
    isActive = false,
    isBusy = false,
    iconClassName,
    className,
    onClick,
  } = props;
  return (
    <Tooltip>
      <TooltipTrigger asChild>
        <ControlButton
          data-testid={testId}
          data-state-on={!isOff}
          aria-label={label}
          // Not `disabled`, which would lose the keyboard's place.
          aria-disabled={isBusy}
          onClick={isBusy ? undefined : onClick}
          className={className}
          label={label}
        >
          <span
            className={cn(
              "grid h-9 w-11 place-items-center rounded-xl transition-colors sm:w-12",
              isOff
                ? "bg-foreground text-background"
                : "bg-secondary text-secondary-foreground group-hover:bg-accent",
              isActive && "bg-live-surface text-primary",
            )}
          >
            <Icon className={cn("size-5", iconClassName)} aria-hidden />
          </span>
        </ControlButton>
      </TooltipTrigger>
      <TooltipContent>
        {label} {hint !== undefined && <kbd className="opacity-60">{hint}</kbd>}
      </TooltipContent>
    </Tooltip>
  );
}

/** An icon with its word below; the word gives way on phones. */
export function ControlButton({
  label,
  children,
  className,
  ...props
}: ComponentProps<"button"> & { label: string }) {
  return (
    <button
      type="button"
      className={cn(
        "group flex w-12 flex-col items-center gap-1 rounded-xl py-1 text-[11px] text-muted-foreground leading-4 transition-opacity hover:text-foreground aria-disabled:opacity-50 sm:w-14 xl:w-20",
        className,
      )}
      {...props}
    >
      {children}
      <span className="w-full truncate text-center max-xl:hidden">{label}</span>
    </button>
  );
}

interface WithDevicesProps {
  kind: "microphone" | "camera";
  session: CallSession;
  children: ReactNode;
}

function WithDevices({ kind, session, children }: WithDevicesProps) {
  return (
    <div className="relative">
      {children}
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <button
            type="button"
            aria-label={kind === "camera" ? "Choose a camera" : "Choose a microphone or speaker"}
            className="absolute top-1 right-0 grid h-9 w-5 place-items-center rounded-md text-muted-foreground transition-colors hover:bg-accent hover:text-foreground max-sm:hidden"
          >
            <ChevronUpIcon className="size-3.5" aria-hidden />
          </button>
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top" align="center">
          <DeviceMenu session={session} kinds={kind === "camera" ? ["camera"] : ["microphone", "speaker"]} />
        </DropdownMenuContent>
      </DropdownMenu>
    </div>
  );
}
