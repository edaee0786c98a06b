/** Everyone else's sound, heard whatever the stage shows. */
import { type RemoteTrack, type Room, Track } from "livekit-client";
import { useEffect, useRef } from "react";
import type { Person } from "./people";

interface RoomAudioProps {
  room: Room;
  /** Only to follow changes: whose sound there is to hear is read from the room. */
  people: Person[];
}

export function RoomAudio({ room, people }: RoomAudioProps) {
  const tracks = people.flatMap(({ identity }) => {
    const publications = room.remoteParticipants.get(identity)?.getTrackPublications() ?? [];
    return publications.flatMap(({ track }) =>
      track?.kind === Track.Kind.Audio ? [track as RemoteTrack] : [],
    );
  });
  return tracks.map((track) => <Sound key={track.sid} track={track} />);
}

function Sound({ track }: { track: RemoteTrack }) {
  const element = useRef<HTMLAudioElement>(null);
  useEffect(() => {
    const audio = element.current;
    if (audio === null) return;
    track.attach(audio);
    return () => {
      track.detach(audio);
    };
  }, [track]);
  // biome-ignore lint/a11y/useMediaCaption: people talking live have no captions yet.
  return <audio ref={element} autoPlay className="hidden" />;
}
