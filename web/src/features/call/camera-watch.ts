/**
 * Notices a camera that is open and gives no pictures, and opens it anew: a laptop slept, or two pages that share the camera
 * closed and opened it in the same moment. Browsers that do not count the frames of a track are left alone
 * (https://w3c.github.io/mediacapture-extensions/#mediastreamtrack-statistics).
 */

import type { LocalVideoTrack } from "livekit-client";
import { pause } from "@/lib/pause";

const LOOK_MS = 1000;
const STILL_LOOKS = 5;
const MOST_TRIES = 3;
/* A shared camera stays as it is while any page has it, so those that notice at once must be without it at once. */
const CLOSED_MS = 1000;

export interface Stillness {
  /** Of the open camera: another one begins anew. */
  trackId: string;
  frames: number;
  /** How many looks in a row have seen no further frame. */
  looks: number;
  /** This look has seen one. */
  isMoving: boolean;
}

/** What a look at the number of frames so far adds to what was seen before. */
export function lookAt(last: Stillness | undefined, trackId: string, frames: number): Stillness {
  if (last?.trackId !== trackId) return { trackId, frames, looks: 0, isMoving: false };
  const isMoving = frames !== last.frames;
  return { trackId, frames, looks: isMoving ? 0 : last.looks + 1, isMoving };
}

/** `tell` hears when opening the camera anew does not help, and when pictures come again; what it gives back ends the watch. */
export function watchCamera(
  current: () => LocalVideoTrack | undefined,
  tell: (isStill: boolean) => void,
  failed: (error: unknown) => void,
): () => void {
  let seen: Stillness | undefined;
  let tries = 0;
  let isOpening = false;

  async function openAnew(track: LocalVideoTrack): Promise<void> {
    const closed = track.mediaStreamTrack;
    closed.stop();
    await pause(CLOSED_MS * (1 + Math.random()));
    // Switched off, or another one chosen meanwhile.
    if (current() !== track || track.isMuted || track.mediaStreamTrack !== closed) return;
    await track.restartTrack();
  }

  function look(): void {
    if (isOpening) return;
    const track = current();
    const camera = track?.mediaStreamTrack;
    const frames = camera === undefined ? undefined : framesOf(camera);
    const isMeantToShow = camera?.readyState === "live" && camera.enabled && !camera.muted && !track?.isMuted;
    if (track === undefined || camera === undefined || frames === undefined || !isMeantToShow) {
      seen = undefined;
      return;
    }
    seen = lookAt(seen, camera.id, frames);
    if (seen.isMoving) {
      if (tries > MOST_TRIES) tell(false);
      tries = 0;
    }
    if (seen.looks < STILL_LOOKS || tries > MOST_TRIES) return;
    tries += 1;
    if (tries > MOST_TRIES) {
      tell(true);
      return;
    }
    isOpening = true;
    openAnew(track)
      .catch(failed)
      .finally(() => {
        isOpening = false;
      });
  }

  const timer = window.setInterval(look, LOOK_MS);
  return () => window.clearInterval(timer);
}

/** How many frames the camera has given so far, if this browser counts them. */
function framesOf(camera: MediaStreamTrack): number | undefined {
  const { stats } = camera as MediaStreamTrack & { stats?: { totalFrames?: number } };
  return stats?.totalFrames;
}
