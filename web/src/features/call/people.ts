/** The people of a call as plain values, read off the media library's objects each time something changes. */
import {
  ConnectionQuality,
  type Participant,
  type Room,
  Track,
  type TrackPublication,
  type VideoTrack,
} from "livekit-client";
import { keepOrder } from "@/lib/stage-layout";

export type Role = "interviewer" | "candidate" | "observer" | "other";

export interface Person {
  identity: string;
  name: string;
  role: Role;
  isLocal: boolean;
  isSpeaking: boolean;
  quality: "good" | "weak" | "lost" | "unknown";
  microphone: "on" | "muted" | "none";
  /** Present while a picture can be shown. */
  camera: VideoTrack | undefined;
  screen: VideoTrack | undefined;
  /** The server sends no picture, as this line carries none beside the sound. */
  isPaused: boolean;
  joinedAt: number | undefined;
}

const QUALITIES: Record<ConnectionQuality, Person["quality"]> = {
  [ConnectionQuality.Excellent]: "good",
  [ConnectionQuality.Good]: "good",
  [ConnectionQuality.Poor]: "weak",
  [ConnectionQuality.Lost]: "lost",
  [ConnectionQuality.Unknown]: "unknown",
};

/** How somebody's line is, in words. */
export const QUALITY_WORDS: Record<Person["quality"], string> = {
  good: "Good connection",
  weak: "Weak connection",
  lost: "Connection lost",
  unknown: "Connection not measured yet",
};

/** Everyone in the room in a stable order: others as they were first seen, the person at this screen last. */
export function peopleOf(room: Room, known: readonly string[]): { people: Person[]; order: string[] } {
  const remote = [...room.remoteParticipants.values()];
  const order = keepOrder(
    known,
    remote.map((participant) => participant.identity),
  );
  const sorted = order.flatMap((identity) => room.remoteParticipants.get(identity) ?? []);
  return { people: [...sorted, room.localParticipant].map(personOf), order };
}

function personOf(participant: Participant): Person {
  const microphone = participant.getTrackPublication(Track.Source.Microphone);
  return {
    identity: participant.identity,
    name: participant.name || "Guest",
    role: roleOf(participant.attributes.role),
    isLocal: participant.isLocal,
    isSpeaking: participant.isSpeaking && microphone !== undefined && !microphone.isMuted,
    quality: QUALITIES[participant.connectionQuality],
    microphone: microphone === undefined ? "none" : microphone.isMuted ? "muted" : "on",
    camera: visibleTrack(participant.getTrackPublication(Track.Source.Camera)),
    isPaused: isPaused(participant.getTrackPublication(Track.Source.Camera)),
    screen: visibleTrack(participant.getTrackPublication(Track.Source.ScreenShare)),
    joinedAt: participant.joinedAt?.getTime(),
  };
}

function visibleTrack(publication: TrackPublication | undefined): VideoTrack | undefined {
  return publication === undefined || publication.isMuted ? undefined : publication.videoTrack;
}

function isPaused(publication: TrackPublication | undefined): boolean {
  return publication?.track?.streamState === Track.StreamState.Paused;
}

function roleOf(value: string | undefined): Role {
  return value === "interviewer" || value === "candidate" || value === "observer" ? value : "other";
}
