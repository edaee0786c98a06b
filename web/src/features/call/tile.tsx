/** One person (or one screen) on the stage. */

import type { VideoTrack } from "livekit-client";
import { ExpandIcon, HandIcon, MicOffIcon, PinIcon, PinOffIcon, SignalLowIcon } from "lucide-react";
import { type CSSProperties, type ReactNode, useRef } from "react";
import { PersonAvatar } from "@/components/person-avatar";
import { cn } from "@/lib/cn";
import { userIdIn } from "@/lib/person";
import { type Person, QUALITY_WORDS } from "./people";
import { Video } from "./video";

interface AnyTileProps {
  person: Person;
  isPinned: boolean;
  /** Undefined where there is nothing to choose from. */
  onPin: (() => void) | undefined;
  isLarge: boolean;
  style: CSSProperties;
}

interface TileProps extends AnyTileProps {
  isSmall: boolean;
  /** The place in the line of raised hands. */
  hand: number | undefined;
  /** Why there is no picture, in words. */
  veil: string | undefined;
}

/* Tiles glide to their new places, where the person has nothing against motion. */
const FIGURE =
  "group isolate overflow-hidden rounded-xl transition-[left,top,width,height,box-shadow] duration-200 motion-reduce:transition-none after:pointer-events-none after:absolute after:inset-0 after:rounded-[inherit] after:ring-inset after:transition-shadow";
const PLATE =
  "absolute bottom-2 left-2 flex max-w-[calc(100%-1rem)] items-center gap-1.5 rounded-md bg-black/70 px-2 py-1 text-white text-xs backdrop-blur-sm";

export function Tile({ person, isPinned, onPin, isLarge, isSmall, hand, veil, style }: TileProps) {
  const figure = useRef<HTMLElement>(null);
  const isTroubled = person.quality === "weak" || person.quality === "lost";
  return (
    <figure
      ref={figure}
      data-testid="tile"
      data-identity={person.identity}
      data-source="camera"
      data-large={isLarge || undefined}
      data-pinned={isPinned || undefined}
      data-speaking={person.isSpeaking || undefined}
      style={style}
      className={cn(
        FIGURE,
        "bg-card",
        // A ring, not a place: whoever speaks is marked where they are.
        person.isSpeaking ? "after:ring-3 after:ring-live" : "after:ring-1 after:ring-border",
        style.zIndex !== undefined && "shadow-lg",
      )}
    >
      <div className="@container-[size] absolute inset-0 grid place-items-center">
        <PersonAvatar
          name={person.name}
          userId={userIdIn(person.identity)}
          className="size-[clamp(2.25rem,34cqmin,9rem)] text-[clamp(1rem,15cqmin,4rem)]"
        />
      </div>
      {person.camera !== undefined && <Video track={person.camera} isMirrored={person.isLocal} />}
      {veil !== undefined && !isSmall && (
        <p
          data-testid="veil"
          className="absolute inset-x-0 top-[12%] mx-auto w-fit max-w-[80%] rounded-full bg-secondary px-3 py-1 text-center text-secondary-foreground text-xs"
        >
          {veil}
        </p>
      )}
      {hand !== undefined && (
        <span
          data-testid="hand"
          className="fade-in-0 zoom-in-75 absolute top-2 left-2 flex animate-in items-center gap-1 rounded-full bg-amber-300 px-2 py-1 font-medium text-neutral-900 text-xs shadow-lg"
        >
          <HandIcon className="size-3.5" aria-hidden />
          <span className="sr-only">Hand raised, number </span>
          {hand}
        </span>
      )}
      <figcaption className={PLATE}>
        {person.microphone !== "on" && (
          <MicOffIcon
            className="size-3.5 shrink-0"
            aria-label={person.microphone === "none" ? "No microphone" : "Muted"}
          />
        )}
        {isTroubled && (
          <SignalLowIcon
            className="size-3.5 shrink-0 text-amber-300"
            aria-label={QUALITY_WORDS[person.quality]}
          />
        )}
        <bdi className="truncate">{person.name}</bdi>
        {person.isLocal && <span className="shrink-0 text-white/85">you</span>}
        {!isSmall && !person.isLocal && person.role === "candidate" && (
          <span className="shrink-0 text-white/85">candidate</span>
        )}
        {isTroubled && !isSmall && (
          <span className="shrink-0 text-amber-200 max-sm:hidden">{QUALITY_WORDS[person.quality]}</span>
        )}
        {isPinned && <PinIcon className="size-3.5 shrink-0" aria-label="Pinned" />}
      </figcaption>
      <Acts>
        {onPin !== undefined && <PinButton name={person.name} isPinned={isPinned} onPin={onPin} />}
        {!isSmall && person.camera !== undefined && <FullScreenButton element={figure} />}
      </Acts>
    </figure>
  );
}

interface ScreenTileProps extends AnyTileProps {
  screen: VideoTrack;
}

export function ScreenTile({ person, screen, isPinned, onPin, isLarge, style }: ScreenTileProps) {
  const figure = useRef<HTMLElement>(null);
  return (
    <figure
      ref={figure}
      data-testid="tile"
      data-identity={person.identity}
      data-source="screen_share"
      data-large={isLarge || undefined}
      data-pinned={isPinned || undefined}
      onDoubleClick={() => toggleFullScreen(figure.current)}
      style={style}
      className={cn(FIGURE, "bg-[oklch(0.14_0.004_65)] after:ring-1 after:ring-border")}
    >
      <Video track={screen} fit="contain" />
      <figcaption className={PLATE}>
        <span className="truncate">
          <bdi>{person.name}</bdi>’s screen
        </span>
        {isPinned && <PinIcon className="size-3.5 shrink-0" aria-label="Pinned" />}
      </figcaption>
      <Acts>
        {onPin !== undefined && (
          <PinButton name={`${person.name}’s screen`} isPinned={isPinned} onPin={onPin} />
        )}
        <FullScreenButton element={figure} />
      </Acts>
    </figure>
  );
}

/** Shown while the pointer or the keyboard is on the tile, always where there is only a finger. */
function Acts({ children }: { children: ReactNode }) {
  return (
    <div className="absolute top-2 right-2 flex gap-1 opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-80">
      {children}
    </div>
  );
}

function Act({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      onClick={onClick}
      className="grid size-8 place-items-center rounded-md bg-black/60 text-white backdrop-blur-sm transition-colors hover:bg-black/80 [&_svg]:size-4"
    >
      {children}
    </button>
  );
}

function PinButton({ name, isPinned, onPin }: { name: string; isPinned: boolean; onPin: () => void }) {
  return (
    <Act label={isPinned ? `Unpin ${name}` : `Pin ${name}`} onClick={onPin}>
      {isPinned ? <PinOffIcon /> : <PinIcon />}
    </Act>
  );
}

function FullScreenButton({ element }: { element: React.RefObject<HTMLElement | null> }) {
  if (!document.fullscreenEnabled) return null;
  return (
    <Act label="Full screen" onClick={() => toggleFullScreen(element.current)}>
      <ExpandIcon />
    </Act>
  );
}

function toggleFullScreen(element: HTMLElement | null): void {
  if (document.fullscreenElement === null) void element?.requestFullscreen();
  else void document.exitFullscreen();
}
