/** Ties the player's state and its elements to React. */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from "react";
import type { RecordingTrack } from "@/api/types";
import { Playback, type PlaybackSnapshot } from "./playback";

export interface PlayableTrack extends RecordingTrack {
  media_url: string;
  offset_s: number;
  duration_s: number;
}

export function playableTracks(tracks: readonly RecordingTrack[]): PlayableTrack[] {
  return tracks.filter(
    (track): track is PlayableTrack =>
      track.media_url !== null && track.offset_s !== null && track.duration_s !== null,
  );
}

export function usePlayback(duration: number): Playback {
  const playback = useMemo(() => new Playback(duration), [duration]);
  useEffect(() => {
    window.interviewStreamPlayback = playback;
    return () => {
      delete window.interviewStreamPlayback;
    };
  }, [playback]);
  return playback;
}

export function usePlaybackSnapshot(playback: Playback): PlaybackSnapshot {
  return useSyncExternalStore(playback.subscribe, playback.snapshot);
}

/** A ref for the element of a track. */
export function useTrackElement(playback: Playback, track: PlayableTrack) {
  const { id, offset_s: offset, duration_s: duration } = track;
  return useCallback(
    (element: HTMLMediaElement | null) => {
      if (element === null) return;
      return playback.attach(id, element, { offset, duration });
    },
    [playback, id, offset, duration],
  );
}

declare global {
  interface Window {
    /** For support and end-to-end tests: `drifts()` says how far each track is from the clock. */
    interviewStreamPlayback?: Playback;
  }
}
