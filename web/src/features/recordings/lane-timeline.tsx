/** The seek bar: a ruler and one lane for each person's voice, camera and screen. Click or drag anywhere to go there. */
import {
  type LucideIcon,
  MicIcon,
  MonitorIcon,
  MonitorSpeakerIcon,
  VideoIcon,
  VolumeXIcon,
} from "lucide-react";
import { type PointerEvent, useCallback, useEffect, useRef, useState } from "react";
import type { Recording } from "@/api/types";
import { clockText, spokenTime } from "@/lib/clock";
import { cn } from "@/lib/cn";
import type { Mark } from "./happenings";
import type { Playback } from "./playback";
import { type Bar, type Lane, lanesOf, rulerTicks, SOURCE_NAMES, type TrackSource } from "./timeline";
import { type PlayableTrack, usePlaybackSnapshot } from "./use-playback";

interface LaneTimelineProps {
  playback: Playback;
  tracks: PlayableTrack[];
  gaps: Recording["gaps"];
  marks: readonly Mark[];
  silenced: ReadonlySet<string>;
  onToggleVoice: (identity: string) => void;
}

export function LaneTimeline({ playback, tracks, gaps, marks, silenced, onToggleVoice }: LaneTimelineProps) {
  const { duration } = playback.snapshot();
  const lanes = lanesOf(tracks);
  return (
    <div
      className="grid shrink-0 grid-cols-[7.5rem_minmax(0,1fr)] pb-2 sm:grid-cols-[11rem_minmax(0,1fr)]"
      data-testid="review-timeline"
    >
      <div className="pt-7">
        {lanes.map((lane) => (
          <LaneLabel
            key={lane.key}
            lane={lane}
            isSilenced={silenced.has(lane.identity)}
            onToggleVoice={() => onToggleVoice(lane.identity)}
          />
        ))}
      </div>
      <SeekArea playback={playback} duration={duration}>
        <Ruler duration={duration} />
        {lanes.map((lane) => (
          <div key={lane.key} className="relative my-1 h-6 rounded-md bg-secondary/60">
            {lane.bars.map((bar) => (
              <LaneBar
                key={bar.id}
                bar={bar}
                duration={duration}
                source={lane.source}
                isDim={isDim(lane, silenced)}
              />
            ))}
          </div>
        ))}
        {marks.map(({ id, at, text }) => (
          // The list beside the player has them for those who do not see them here.
          <span
            key={id}
            aria-hidden
            title={`${clockText(at)} ${text}`}
            data-testid="review-mark"
            style={{ left: share(at, duration) }}
            className="absolute top-5 bottom-0 flex -translate-x-1/2 flex-col items-center"
          >
            <span className="size-2 rotate-45 rounded-[2px] bg-warning" />
            <span className="w-px flex-1 bg-warning/35" />
          </span>
        ))}
        {gaps.map((gap) => (
          <div
            key={gap.start_s}
            title={`Nothing was recorded from ${clockText(gap.start_s)} to ${clockText(gap.end_s)}`}
            data-testid="review-gap"
            style={{ left: share(gap.start_s, duration), width: share(gap.end_s - gap.start_s, duration) }}
            className="absolute top-7 bottom-0 min-w-1 rounded-sm border-warning/50 border-x bg-[repeating-linear-gradient(45deg,color-mix(in_oklch,var(--warning)_40%,transparent)_0_1.5px,var(--warning-surface)_1.5px_6px)]"
          />
        ))}
      </SeekArea>
    </div>
  );
}

const share = (part: number, duration: number) => `${duration > 0 ? (part / duration) * 100 : 0}%`;

const isDim = (lane: Lane, silenced: ReadonlySet<string>) =>
  lane.source === "microphone" && silenced.has(lane.identity);

const ICONS: Record<TrackSource, LucideIcon> = {
  microphone: MicIcon,
  camera: VideoIcon,
  screen_share: MonitorIcon,
  screen_share_audio: MonitorSpeakerIcon,
};

interface LaneLabelProps {
  lane: Lane;
  isSilenced: boolean;
  onToggleVoice: () => void;
}

function LaneLabel({ lane, isSilenced, onToggleVoice }: LaneLabelProps) {
  const Icon = lane.source === "microphone" && isSilenced ? VolumeXIcon : ICONS[lane.source];
  const words = (
    <>
      <Icon className="size-3.5 shrink-0" aria-hidden />
      {/* A long name gives way to what tells this person's lanes apart. */}
      <bdi className="min-w-0 truncate text-foreground">{lane.name}</bdi>
      <span className="-ml-1 shrink-0 max-sm:hidden">· {SOURCE_NAMES[lane.source]}</span>
    </>
  );
  const className =
    "my-1 flex h-6 w-full min-w-0 items-center gap-2 pr-3 text-left text-muted-foreground text-xs";
  if (lane.source !== "microphone") {
    return (
      <div className={className} title={`${lane.name} · ${SOURCE_NAMES[lane.source]}`}>
        {words}
      </div>
    );
  }
  return (
    <button
      type="button"
      onClick={onToggleVoice}
      aria-pressed={isSilenced}
      title={isSilenced ? `Hear ${lane.name}` : `Silence ${lane.name}`}
      className={cn(className, "rounded-md transition-colors hover:text-foreground")}
    >
      {words}
    </button>
  );
}

const BAR_COLORS: Record<TrackSource, string> = {
  microphone: "bg-live/75",
  camera: "bg-foreground/25",
  screen_share: "bg-foreground/45",
  screen_share_audio: "bg-live/40",
};

interface LaneBarProps {
  bar: Bar;
  duration: number;
  source: TrackSource;
  isDim: boolean;
}

function LaneBar({ bar, duration, source, isDim }: LaneBarProps) {
  return (
    <div
      data-testid="review-bar"
      style={{ left: share(bar.start, duration), width: share(bar.end - bar.start, duration) }}
      className={cn("absolute inset-y-1.5 min-w-0.5 rounded-sm", BAR_COLORS[source], isDim && "opacity-30")}
    />
  );
}

function Ruler({ duration }: { duration: number }) {
  return (
    <div className="relative h-7" aria-hidden>
      {rulerTicks(duration, 8).map((tick, index) => (
        <span
          key={tick}
          style={{ left: share(tick, duration) }}
          className={cn(
            "absolute bottom-1 border-border border-l pl-1.5 text-[11px] text-muted-foreground tabular-nums leading-3",
            index % 2 === 1 && "max-sm:hidden",
          )}
        >
          {clockText(tick)}
        </span>
      ))}
    </div>
  );
}

interface SeekAreaProps {
  playback: Playback;
  duration: number;
  children: React.ReactNode;
}

function SeekArea({ playback, duration, children }: SeekAreaProps) {
  const { position } = usePlaybackSnapshot(playback);
  const [hover, setHover] = useState<number>();
  const at = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * duration;
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    playback.seek(at(event));
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    // A finger does not hover.
    setHover(event.pointerType === "mouse" ? at(event) : undefined);
    if (event.currentTarget.hasPointerCapture(event.pointerId)) playback.seek(at(event));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      aria-label="Position in the recording"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(position)}
      aria-valuetext={`${spokenTime(position)} of ${spokenTime(duration)}`}
      data-testid="review-seek"
      onPointerDown={press}
      onPointerMove={move}
      onPointerLeave={() => setHover(undefined)}
      className="relative cursor-pointer touch-none select-none rounded-md"
    >
      {children}
      {hover !== undefined && (
        <div
          className="pointer-events-none absolute inset-y-0 w-px bg-foreground/30"
          style={{ left: share(hover, duration) }}
        >
          <span className="absolute top-0 -translate-x-1/2 rounded bg-foreground px-1.5 py-0.5 text-[11px] text-background tabular-nums">
            {clockText(hover)}
          </span>
        </div>
      )}
      <Playhead playback={playback} duration={duration} />
    </div>
  );
}

/** Moves past React, at every frame. */
function Playhead({ playback, duration }: { playback: Playback; duration: number }) {
  const element = useRef<HTMLDivElement>(null);
  const place = useCallback(() => {
    element.current?.style.setProperty("left", share(playback.position(), duration));
  }, [playback, duration]);
  useEffect(() => {
    let frame = requestAnimationFrame(function follow() {
      place();
      frame = requestAnimationFrame(follow);
    });
    return () => cancelAnimationFrame(frame);
  }, [place]);
  return (
    <div
      ref={element}
      className="pointer-events-none absolute inset-y-0 w-0.5 -translate-x-1/2 rounded-full bg-primary"
    >
      <span className="absolute top-4 left-1/2 size-3 -translate-x-1/2 rounded-full border-2 border-background bg-primary" />
    </div>
  );
}
