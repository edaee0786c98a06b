/** Everyone else's sound, heard whatever the stage shows. */
import { type RemoteTrack, type Room, Track } from "livekit-client";
import { useEffect, useRef } from "react";
import type { Person } from "./people";

interface RoomAudioProps {
  room: Room;
  /** Only to follow changes: whose sound there is to hear is read from the room. */
  people: Person[];
  /** By identity, between 0 and 1; who is missing is heard in full. */
  volumes: ReadonlyMap<string, number>;
}

export function RoomAudio({ room, people, volumes }: RoomAudioProps) {
  const tracks = people.flatMap(({ identity }) => {
    const publications = room.remoteParticipants.get(identity)?.getTrackPublications() ?? [];
    return publications.flatMap(({ track }) =>
      track?.kind === Track.Kind.Audio
        ? [{ track: track as RemoteTrack, volume: volumes.get(identity) ?? 1 }]
        : [],
    );
  });
  return tracks.map(({ track, volume }) => <Sound key={track.sid} track={track} volume={volume} />);
}

function Sound({ track, volume }: { track: RemoteTrack; volume: number }) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (audio === null) return;
    track.attach(audio);
    return () => {
      track.detach(audio);
    };
  }, [track]);
  useEffect(() => {
    if (element.current !== null) element.current.volume = volume;
  }, [volume]);
  // biome-ignore lint/a11y/useMediaCaption: people talking live have no captions yet.
  return <audio ref={element} autoPlay className="hidden" />;
}
