/** One person (or one screen) on the stage. */

import type { VideoTrack } from "livekit-client";
import { ExpandIcon, MicOffIcon, SignalLowIcon } from "lucide-react";
import { type CSSProperties, useRef } from "react";
import { PersonAvatar } from "@/components/person-avatar";
import { cn } from "@/lib/cn";
import type { Person } from "./people";
import { Video } from "./video";

interface TileProps {
  person: Person;
  isSmall: boolean;
  style: CSSProperties;
}

export function Tile({ person, isSmall, style }: TileProps) {
  return (
    <figure
      data-testid="tile"
      data-identity={person.identity}
      data-source="camera"
      data-speaking={person.isSpeaking || undefined}
      style={style}
      className={cn(
        "isolate overflow-hidden rounded-xl bg-card transition-shadow",
        // A ring, not a place: whoever speaks is marked where they are.
        "after:pointer-events-none after:absolute after:inset-0 after:rounded-[inherit] after:ring-inset after:transition-shadow",
        person.isSpeaking ? "after:ring-3 after:ring-live" : "after:ring-1 after:ring-border",
      )}
    >
      <div className="@container-[size] absolute inset-0 grid place-items-center">
        <PersonAvatar
          name={person.name}
          className="size-[clamp(2.25rem,34cqmin,9rem)] text-[clamp(1rem,15cqmin,4rem)]"
        />
      </div>
      {person.camera !== undefined && <Video track={person.camera} isMirrored={person.isLocal} />}
      <figcaption className="absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-md bg-black/70 px-2 py-1 text-white text-xs backdrop-blur-sm">
        {person.microphone !== "on" && (
          <MicOffIcon
            className="size-3.5 shrink-0"
            aria-label={person.microphone === "none" ? "No microphone" : "Muted"}
          />
        )}
        {(person.quality === "weak" || person.quality === "lost") && (
          <SignalLowIcon className="size-3.5 shrink-0 text-amber-300" aria-label="Weak connection" />
        )}
        <bdi className="truncate">{person.name}</bdi>
        {person.isLocal && <span className="shrink-0 text-white/85">you</span>}
        {!isSmall && !person.isLocal && person.role === "candidate" && (
          <span className="shrink-0 text-white/85">candidate</span>
        )}
      </figcaption>
    </figure>
  );
}

interface ScreenTileProps {
  person: Person;
  screen: VideoTrack;
  style: CSSProperties;
}

export function ScreenTile({ person, screen, style }: ScreenTileProps) {
  const figure = useRef<HTMLElement>(null);
  const toggleFullScreen = () => {
    if (document.fullscreenElement === null) void figure.current?.requestFullscreen();
    else void document.exitFullscreen();
  };
  return (
    <figure
      ref={figure}
      data-testid="tile"
      data-identity={person.identity}
      data-source="screen_share"
      onDoubleClick={toggleFullScreen}
      style={style}
      className="group isolate overflow-hidden rounded-xl bg-[oklch(0.14_0.004_65)] after:pointer-events-none after:absolute after:inset-0 after:rounded-[inherit] after:ring-1 after:ring-border after:ring-inset"
    >
      <Video track={screen} fit="contain" />
      <figcaption className="absolute bottom-2 left-2 max-w-[calc(100%-4rem)] truncate rounded-md bg-black/70 px-2 py-1 text-white text-xs backdrop-blur-sm">
        <bdi>{person.name}</bdi>’s screen
      </figcaption>
      <button
        type="button"
        aria-label="Full screen"
        onClick={toggleFullScreen}
        className="absolute right-2 bottom-2 grid size-8 place-items-center rounded-md bg-black/60 text-white opacity-0 backdrop-blur-sm transition-opacity hover:bg-black/80 focus-visible:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100"
      >
        <ExpandIcon className="size-4" />
      </button>
    </figure>
  );
}
