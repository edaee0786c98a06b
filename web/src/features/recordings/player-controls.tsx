/** Play, time, speed, layout, sound: the line between the stage and the timeline. */
import {
  ExpandIcon,
  KeyboardIcon,
  LayoutGridIcon,
  MonitorIcon,
  PauseIcon,
  PlayIcon,
  RotateCcwIcon,
  RotateCwIcon,
  Volume2Icon,
  VolumeXIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuRadioGroup,
  DropdownMenuRadioItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Kbd } from "@/components/ui/kbd";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { Tooltip, TooltipContent, TooltipTrigger } from "@/components/ui/tooltip";
import { clockText } from "@/lib/clock";
import { cn } from "@/lib/cn";
import type { Playback } from "./playback";
import { usePlaybackSnapshot } from "./use-playback";
import { SPEEDS } from "./use-player-keys";

/** `screen`: a shared screen is large while there is one. `grid`: all the same size. */
export type StageMode = "screen" | "grid";

interface PlayerControlsProps {
  playback: Playback;
  mode: StageMode;
  /** Without a screen there is nothing to choose. */
  onMode: ((mode: StageMode) => void) | undefined;
  isMuted: boolean;
  onToggleMuted: () => void;
  onFullScreen: () => void;
}

export function PlayerControls(props: PlayerControlsProps) {
  const { playback, mode, onMode, isMuted, onToggleMuted, onFullScreen } = props;
  const { isPlaying, position, duration, rate } = usePlaybackSnapshot(playback);
  const jump = (seconds: number) => playback.seek(playback.position() + seconds);
  return (
    <div className="flex h-12 shrink-0 items-center gap-1">
      <IconControl
        label={isPlaying ? "Pause" : "Play"}
        hint="K"
        testId="play-toggle"
        onClick={() => playback.toggle()}
        isMain
      >
        {isPlaying ? <PauseIcon className="fill-current" /> : <PlayIcon className="fill-current" />}
      </IconControl>
      <IconControl label="Back 10 seconds" hint="J" onClick={() => jump(-10)}>
        <RotateCcwIcon />
      </IconControl>
      <IconControl label="Forward 10 seconds" hint="L" onClick={() => jump(10)}>
        <RotateCwIcon />
      </IconControl>
      <p className="mx-2 whitespace-nowrap text-[13px] tabular-nums" data-testid="play-time">
        {clockText(position)} <span className="text-muted-foreground">/ {clockText(duration)}</span>
      </p>
      <div className="ml-auto flex items-center gap-1">
        <SpeedMenu rate={rate} onRate={(next) => playback.setRate(next)} />
        {onMode !== undefined && (
          <IconControl
            label={mode === "screen" ? "All the same size" : "Screen large"}
            testId="layout-toggle"
            onClick={() => onMode(mode === "screen" ? "grid" : "screen")}
          >
            {mode === "screen" ? <LayoutGridIcon /> : <MonitorIcon />}
          </IconControl>
        )}
        <IconControl
          label={isMuted ? "Sound on" : "Sound off"}
          hint="M"
          onClick={onToggleMuted}
          className="max-sm:hidden"
        >
          {isMuted ? <VolumeXIcon /> : <Volume2Icon />}
        </IconControl>
        <KeysHelp />
        <IconControl label="Full screen" hint="F" onClick={onFullScreen}>
          <ExpandIcon />
        </IconControl>
      </div>
    </div>
  );
}

interface IconControlProps {
  label: string;
  hint?: string;
  testId?: string;
  isMain?: boolean;
  className?: string;
  onClick: () => void;
  children: ReactNode;
}

function IconControl({
  label,
  hint,
  testId,
  isMain = false,
  className,
  onClick,
  children,
}: IconControlProps) {
  return (
    <Tooltip>
      <TooltipTrigger asChild>
        <Button
          variant={isMain ? "default" : "ghost"}
          size="icon"
          aria-label={label}
          data-testid={testId}
          onClick={onClick}
          className={cn(isMain && "mr-1 rounded-full", className)}
        >
          {children}
        </Button>
      </TooltipTrigger>
      <TooltipContent>
        {label} {hint !== undefined && <kbd className="opacity-60">{hint}</kbd>}
      </TooltipContent>
    </Tooltip>
  );
}

function SpeedMenu({ rate, onRate }: { rate: number; onRate: (rate: number) => void }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button
          variant="ghost"
          className="w-14 px-0 tabular-nums"
          aria-label={`Speed: ${rate}`}
          data-testid="speed"
        >
          {rate}×
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="center" className="min-w-24">
        <DropdownMenuRadioGroup value={String(rate)} onValueChange={(value) => onRate(Number(value))}>
          {SPEEDS.map((speed) => (
            <DropdownMenuRadioItem key={speed} value={String(speed)} className="tabular-nums">
              {speed}×
            </DropdownMenuRadioItem>
          ))}
        </DropdownMenuRadioGroup>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

const KEYS: readonly [keys: string[], act: string][] = [
  [["K", "Space"], "Play or pause"],
  [["J", "L"], "10 seconds back, forward"],
  [["←", "→"], "5 seconds; with Shift 1 second"],
  [["<", ">"], "Slower, faster"],
  [["0", "9"], "To that tenth of the recording"],
  [["M"], "Sound on or off"],
  [["F"], "Full screen"],
];

function KeysHelp() {
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button variant="ghost" size="icon" aria-label="Keyboard shortcuts" className="max-sm:hidden">
          <KeyboardIcon />
        </Button>
      </PopoverTrigger>
      <PopoverContent side="top" align="end" className="w-76">
        <dl className="grid grid-cols-[auto_1fr] items-center gap-x-4 gap-y-2 text-[13px]">
          {KEYS.map(([keys, act]) => (
            <div key={act} className="contents">
              <dt className="flex gap-1">
                {keys.map((key) => (
                  <Kbd key={key}>{key}</Kbd>
                ))}
              </dt>
              <dd className="text-muted-foreground">{act}</dd>
            </div>
          ))}
        </dl>
      </PopoverContent>
    </Popover>
  );
}
