/** What is needed seldom; on phones also what the bar has no room for. */
import {
  BrainIcon,
  ClockIcon,
  HandIcon,
  ImageOffIcon,
  KeyboardIcon,
  MoonIcon,
  MoreHorizontalIcon,
  SlidersHorizontalIcon,
  SunIcon,
  UsersIcon,
} from "lucide-react";
import { showClock } from "@/api/floor";
import { toastProblem } from "@/components/toaster";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { CallSession } from "./call-session";
import { ControlButton } from "./control-bar";
import { DeviceMenu } from "./device-menu";
import { ReactionItems } from "./hand-button";
import { LayoutItems } from "./layout-menu";
import type { RoomDialog } from "./room-dialogs";
import type { RoomFloor } from "./use-floor";
import { useRoomTheme } from "./use-room-theme";
import type { SoundOnly } from "./use-sound-only";
import type { StageView } from "./use-stage-view";

export interface MoreMenuProps {
  session: CallSession;
  floor: RoomFloor;
  view: StageView;
  soundOnly: SoundOnly;
  canSend: boolean;
  /** Of interviewers: the interview whose room this is. */
  hosted: string | undefined;
  onTogglePanel: () => void;
  onOpen: (dialog: RoomDialog) => void;
}

export function MoreMenu({
  session,
  floor,
  view,
  soundOnly,
  canSend,
  hosted,
  onTogglePanel,
  onOpen,
}: MoreMenuProps) {
  const { isDark, setDark } = useRoomTheme();
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <ControlButton label="More" aria-label="More" data-testid="more">
          <span className="grid h-9 w-11 place-items-center rounded-xl bg-secondary text-secondary-foreground transition-colors group-hover:bg-accent sm:w-12">
            <MoreHorizontalIcon className="size-5" aria-hidden />
          </span>
        </ControlButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="center" className="max-h-[80dvh] w-68 overflow-y-auto">
        <div className="md:hidden">
          {canSend && (
            <>
              <DropdownMenuItem className="sm:hidden" data-testid="hand-item" onSelect={floor.toggleHand}>
                <HandIcon /> {floor.isMyHandUp ? "Lower hand" : "Raise hand"}
              </DropdownMenuItem>
              <ReactionItems onReact={floor.react} />
            </>
          )}
          <DropdownMenuItem className="sm:hidden" onSelect={onTogglePanel}>
            <UsersIcon /> People
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <LayoutItems view={view} />
          <DropdownMenuSeparator />
        </div>
        {hosted !== undefined && (
          <>
            <DropdownMenuItem data-testid="focus-item" onSelect={() => onOpen("focus")}>
              <BrainIcon /> Focus time…
            </DropdownMenuItem>
            <DropdownMenuItem
              data-testid="clock-item"
              onSelect={() => void showClock(hosted, !floor.is_clock_shown).catch(toastProblem)}
            >
              <ClockIcon />
              {floor.is_clock_shown ? "Hide the time from the candidate" : "Show the candidate the time left"}
            </DropdownMenuItem>
            <DropdownMenuSeparator />
          </>
        )}
        {canSend && (
          <DropdownMenuItem data-testid="media-item" onSelect={() => onOpen("media")}>
            <SlidersHorizontalIcon /> Sound and picture…
          </DropdownMenuItem>
        )}
        <DropdownMenuItem data-testid="sound-only-item" onSelect={soundOnly.toggle}>
          <ImageOffIcon /> {soundOnly.isWanted ? "Show faces again" : "Sound only, to save data"}
        </DropdownMenuItem>
        <DropdownMenuItem onSelect={() => setDark(!isDark)}>
          {isDark ? <SunIcon /> : <MoonIcon />} {isDark ? "Light room" : "Dark room"}
        </DropdownMenuItem>
        <DropdownMenuItem className="max-sm:hidden" onSelect={() => onOpen("shortcuts")}>
          <KeyboardIcon /> Keyboard shortcuts
        </DropdownMenuItem>
        <div className="sm:hidden">
          <DropdownMenuSeparator />
          <DeviceMenu session={session} kinds={["microphone", "camera", "speaker"]} />
        </div>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}
