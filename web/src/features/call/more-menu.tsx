/** What is needed seldom: devices (on phones the only way to them), full screen, colours, people, keys. */
import { ExpandIcon, KeyboardIcon, MoonIcon, MoreHorizontalIcon, SunIcon, UsersIcon } from "lucide-react";
import { useState } from "react";
import { Dialog, DialogContent, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Kbd } from "@/components/ui/kbd";
import type { CallSession } from "./call-session";
import { ControlButton } from "./control-bar";
import { DeviceMenu } from "./device-menu";
import { useRoomTheme } from "./use-room-theme";

interface MoreMenuProps {
  session: CallSession;
  onTogglePanel: () => void;
}

export function MoreMenu({ session, onTogglePanel }: MoreMenuProps) {
  const [isHelpOpen, setHelpOpen] = useState(false);
  const { isDark, setDark } = useRoomTheme();
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <ControlButton label="More" aria-label="More" data-testid="more">
            <span className="grid h-9 w-11 place-items-center rounded-xl bg-secondary text-secondary-foreground transition-colors group-hover:bg-accent sm:w-12">
              <MoreHorizontalIcon className="size-5" aria-hidden />
            </span>
          </ControlButton>
        </DropdownMenuTrigger>
        <DropdownMenuContent side="top" align="center" className="w-64">
          <DropdownMenuItem className="sm:hidden" onSelect={onTogglePanel}>
            <UsersIcon /> People
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => void toggleFullScreen()} className="max-sm:hidden">
            <ExpandIcon /> Full screen
          </DropdownMenuItem>
          <DropdownMenuItem onSelect={() => setDark(!isDark)}>
            {isDark ? <SunIcon /> : <MoonIcon />} {isDark ? "Light room" : "Dark room"}
          </DropdownMenuItem>
          <DropdownMenuItem className="max-sm:hidden" onSelect={() => setHelpOpen(true)}>
            <KeyboardIcon /> Keyboard shortcuts
          </DropdownMenuItem>
          <DropdownMenuSeparator />
          <DeviceMenu session={session} kinds={["microphone", "camera", "speaker"]} />
        </DropdownMenuContent>
      </DropdownMenu>
      <Dialog open={isHelpOpen} onOpenChange={setHelpOpen}>
        <DialogContent className="sm:max-w-sm" aria-describedby={undefined}>
          <DialogHeader>
            <DialogTitle>Keyboard shortcuts</DialogTitle>
          </DialogHeader>
          <dl className="grid grid-cols-[1fr_auto] items-center gap-y-2.5 text-sm">
            {SHORTCUTS.map(([key, act]) => (
              <div key={key} className="contents">
                <dt>{act}</dt>
                <dd>
                  <Kbd>{key}</Kbd>
                </dd>
              </div>
            ))}
          </dl>
        </DialogContent>
      </Dialog>
    </>
  );
}

const SHORTCUTS = [
  ["M", "Mute or unmute"],
  ["V", "Camera on or off"],
  ["S", "Share your screen or stop"],
  ["P", "Show or hide people"],
  ["C", "Show or hide the chat"],
] as const;

async function toggleFullScreen(): Promise<void> {
  if (document.fullscreenElement === null) await document.documentElement.requestFullscreen();
  else await document.exitFullscreen();
}
