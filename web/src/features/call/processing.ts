/** What the browser can do to sound and picture before they are sent, and switching it while they are. */
import { LocalAudioTrack, type LocalTrack, LocalVideoTrack } from "livekit-client";
import { type Processing, rememberedProcessing } from "./memory";

/** For the capture of a microphone. */
export function soundProcessing(): Pick<
  Processing,
  "noiseSuppression" | "echoCancellation" | "autoGainControl"
> {
  const { noiseSuppression, echoCancellation, autoGainControl } = rememberedProcessing();
  return { noiseSuppression, echoCancellation, autoGainControl };
}

/** Not yet in the type library: https://www.w3.org/TR/mediacapture-extensions/#exposing-mediastreamtrack-source-background-blur-support */
interface BlurCapabilities extends MediaTrackCapabilities {
  backgroundBlur?: boolean[];
}
type BlurConstraints = MediaTrackConstraints & { backgroundBlur: boolean };

/** `unknown` while no camera runs: only an open camera says what it can do. */
export function blurSupport(track: MediaStreamTrack | undefined): "yes" | "no" | "unknown" {
  const supported = navigator.mediaDevices?.getSupportedConstraints() ?? {};
  if (!("backgroundBlur" in supported)) return "no";
  if (track === undefined || track.readyState === "ended") return "unknown";
  const { backgroundBlur = [] } = (track.getCapabilities?.() ?? {}) as BlurCapabilities;
  return backgroundBlur.includes(true) ? "yes" : "no";
}

export function supportsSound(name: "noiseSuppression" | "echoCancellation" | "autoGainControl"): boolean {
  return navigator.mediaDevices?.getSupportedConstraints()[name] === true;
}

/** Bring a track in line with what is remembered; a microphone is opened anew, because not every browser changes an open one. */
export async function process(track: LocalTrack | undefined): Promise<void> {
  if (track instanceof LocalAudioTrack && !track.isMuted) {
    const { deviceId } = track.mediaStreamTrack.getSettings();
    await track.restartTrack({ ...soundProcessing(), ...(deviceId === undefined ? {} : { deviceId }) });
  }
  if (track instanceof LocalVideoTrack) await blur(track.mediaStreamTrack);
}

/** A camera that cannot stays as it is. */
async function blur(track: MediaStreamTrack): Promise<void> {
  if (blurSupport(track) !== "yes") return;
  const wanted: BlurConstraints = { backgroundBlur: rememberedProcessing().backgroundBlur };
  await track.applyConstraints({ ...track.getConstraints(), ...wanted }).catch(() => undefined);
}
