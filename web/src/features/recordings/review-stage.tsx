/** What was seen at the moment the clock shows: faces, screens, and honest words where nothing was kept. */
import type { CSSProperties, Ref } from "react";
import type { Recording } from "@/api/types";
import { PersonAvatar } from "@/components/person-avatar";
import { Button } from "@/components/ui/button";
import { useBox } from "@/hooks/use-box";
import { clockText } from "@/lib/clock";
import { cn } from "@/lib/cn";
import { userIdIn } from "@/lib/person";
import { placeStage, type Rect } from "@/lib/stage-layout";
import type { Playback } from "./playback";
import type { StageMode } from "./player-controls";
import { gapAt, isOnAt } from "./timeline";
import { type PlayableTrack, usePlaybackSnapshot, useTrackElement } from "./use-playback";

const GAP = 8;
/** The first picture stands in for the moments before it, so that nobody begins as a grey circle. */
const LEAD_S = 1;

interface ReviewStageProps {
  ref: Ref<HTMLDivElement>;
  playback: Playback;
  tracks: PlayableTrack[];
  gaps: Recording["gaps"];
  mode: StageMode;
  isMuted: boolean;
  silenced: ReadonlySet<string>;
}

export function ReviewStage({ ref, playback, tracks, gaps, mode, isMuted, silenced }: ReviewStageProps) {
  const { position, isWaiting } = usePlaybackSnapshot(playback);
  const { ref: boxRef, box } = useBox();
  const people = peopleIn(tracks);
  const screens = tracks.filter((track) => track.source === "screen_share");
  const shown = screens.findLast((track) => isOnAt(track, position));
  const isLarge = shown !== undefined && mode === "screen";
  const places = placeStage(
    isLarge ? "screen" : "faces",
    people.length + (shown !== undefined && !isLarge ? 1 : 0),
    box,
    GAP,
  );
  const gap = gapAt(gaps, position);
  return (
    <div
      ref={ref}
      data-testid="review-stage"
      className="dark relative aspect-[4/3] min-h-0 w-full shrink-0 overflow-hidden rounded-xl bg-[oklch(0.155_0.004_65)] p-2 text-foreground sm:aspect-video lg:aspect-auto lg:min-h-80 lg:flex-1"
    >
      <div ref={boxRef} className="relative size-full">
        {screens.map((track) => (
          <ScreenTile
            key={track.id}
            playback={playback}
            track={track}
            isShown={track === shown}
            rect={isLarge ? places.screen : places.faces.at(-1)}
          />
        ))}
        {people.map((person, index) => (
          <FaceTile
            key={person.identity}
            playback={playback}
            person={person}
            position={position}
            rect={places.faces[index]}
          />
        ))}
      </div>
      {tracks.flatMap((track) =>
        track.kind === "audio"
          ? [
              <Sound
                key={track.id}
                playback={playback}
                track={track}
                isMuted={isMuted || silenced.has(track.participant.identity)}
              />,
            ]
          : [],
      )}
      {/* A click on the picture plays and pauses, as everywhere; the keyboard has its own key for it. */}
      <button
        type="button"
        aria-hidden
        tabIndex={-1}
        onClick={() => playback.toggle()}
        className="absolute inset-0 cursor-default"
      />
      {gap !== undefined && <GapCard gap={gap} onSkip={() => playback.seek(gap.end_s)} />}
      {isWaiting && gap === undefined && (
        <p
          role="status"
          className="fade-in-0 absolute top-3 right-3 animate-in rounded-md bg-black/60 px-2.5 py-1 text-white text-xs delay-300 fill-mode-both"
        >
          Loading…
        </p>
      )}
    </div>
  );
}

interface RecordedPerson {
  identity: string;
  name: string;
  role: string;
  cameras: PlayableTrack[];
}

function peopleIn(tracks: PlayableTrack[]): RecordedPerson[] {
  const people = new Map<string, RecordedPerson>();
  for (const track of tracks) {
    const { identity, name, role } = track.participant;
    const person = people.get(identity) ?? { identity, name, role, cameras: [] };
    if (track.source === "camera") person.cameras.push(track);
    people.set(identity, person);
  }
  return [...people.values()];
}

interface FaceTileProps {
  playback: Playback;
  person: RecordedPerson;
  position: number;
  rect: Rect | undefined;
}

function FaceTile({ playback, person, position, rect }: FaceTileProps) {
  return (
    <figure
      data-testid="review-tile"
      data-identity={person.identity}
      style={placed(rect)}
      className="isolate overflow-hidden rounded-lg bg-card ring-1 ring-border ring-inset"
    >
      <div className="@container-[size] absolute inset-0 grid place-items-center">
        <PersonAvatar
          name={person.name}
          userId={userIdIn(person.identity)}
          className="size-[clamp(2.25rem,34cqmin,9rem)] text-[clamp(1rem,15cqmin,4rem)]"
        />
      </div>
      {person.cameras.map((track) => (
        <Picture
          key={track.id}
          playback={playback}
          track={track}
          isShown={isOnAt(track, position, LEAD_S)}
          fit="cover"
        />
      ))}
      <Caption text={person.name} />
    </figure>
  );
}

interface ScreenTileProps {
  playback: Playback;
  track: PlayableTrack;
  isShown: boolean;
  rect: Rect | undefined;
}

/** Stays in the page while it is not on, so that it is loaded when its time comes. */
function ScreenTile({ playback, track, isShown, rect }: ScreenTileProps) {
  return (
    <figure
      data-testid="review-tile"
      data-identity={track.participant.identity}
      data-source="screen_share"
      style={placed(rect)}
      className={cn(
        "isolate overflow-hidden rounded-lg bg-black ring-1 ring-border",
        !isShown && "invisible",
      )}
    >
      <Picture playback={playback} track={track} isShown={isShown} fit="contain" />
      <Caption text={`${track.participant.name}’s screen`} />
    </figure>
  );
}

function Caption({ text }: { text: string }) {
  return (
    <figcaption className="absolute bottom-2 left-2 max-w-[calc(100%-1rem)] truncate rounded-md bg-black/60 px-2 py-1 text-white text-xs backdrop-blur-sm">
      <bdi>{text}</bdi>
    </figcaption>
  );
}

interface PictureProps {
  playback: Playback;
  track: PlayableTrack;
  isShown: boolean;
  fit: "cover" | "contain";
}

function Picture({ playback, track, isShown, fit }: PictureProps) {
  const ref = useTrackElement(playback, track);
  return (
    <video
      ref={ref}
      src={track.media_url}
      muted
      playsInline
      preload="auto"
      className={cn(
        "absolute inset-0 size-full",
        fit === "cover" ? "object-cover" : "object-contain",
        !isShown && "opacity-0",
      )}
    />
  );
}

function Sound({ playback, track, isMuted }: { playback: Playback; track: PlayableTrack; isMuted: boolean }) {
  const ref = useTrackElement(playback, track);
  return <audio ref={ref} src={track.media_url} muted={isMuted} preload="auto" className="hidden" />;
}

function GapCard({ gap, onSkip }: { gap: { start_s: number; end_s: number }; onSkip: () => void }) {
  return (
    <div
      className="absolute inset-0 z-10 grid place-items-center bg-[oklch(0.155_0.004_65/0.85)]"
      role="status"
    >
      <div className="flex max-w-sm flex-col items-center gap-3 px-6 text-center text-sm">
        <p className="font-medium text-base">Nothing was recorded here</p>
        <p className="text-muted-foreground">
          The media service was away from {clockText(gap.start_s)} to {clockText(gap.end_s)}.
        </p>
        <Button variant="outline" size="sm" onClick={onSkip}>
          Skip to {clockText(gap.end_s)}
        </Button>
      </div>
    </div>
  );
}

function placed(rect: Rect | undefined): CSSProperties {
  return { position: "absolute", ...rect };
}
