/** How camera and microphone are opened, what the browser does to them before they are sent, and switching it while they are. */
import {
  type AudioCaptureOptions,
  LocalAudioTrack,
  type LocalTrack,
  LocalVideoTrack,
  type VideoCaptureOptions,
  VideoPresets,
} from "livekit-client";
import { rememberedDevices, rememberedProcessing } from "./memory";

export function microphoneCapture(): AudioCaptureOptions {
  const { noiseSuppression, echoCancellation, autoGainControl } = rememberedProcessing();
  return {
    noiseSuppression,
    echoCancellation,
    autoGainControl,
    ...preferred(rememberedDevices().microphoneId),
  };
}

/** Blurred from the first frame on, where the browser can: nobody sees the room between opening and blurring. */
export function cameraCapture(): VideoCaptureOptions {
  const blurred = rememberedProcessing().backgroundBlur ? { backgroundBlur: true } : {};
  return { resolution: VideoPresets.h720.resolution, ...blurred, ...preferred(rememberedDevices().cameraId) };
}

/** `ideal`, because a device that is gone must not keep anyone out. */
function preferred(deviceId: string | undefined) {
  return deviceId === undefined ? {} : { deviceId: { ideal: deviceId } };
}

/** Not yet in the type library: https://www.w3.org/TR/mediacapture-extensions/#exposing-mediastreamtrack-source-background-blur-support */
interface BlurCapabilities extends MediaTrackCapabilities {
  backgroundBlur?: boolean[];
}

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
  if (track instanceof LocalAudioTrack) {
    const { deviceId } = track.mediaStreamTrack.getSettings();
    await track.restartTrack({ ...microphoneCapture(), ...(deviceId === undefined ? {} : { deviceId }) });
  }
  if (track instanceof LocalVideoTrack) await blur(track);
}

/** A camera that cannot stays as it is. */
async function blur(track: LocalVideoTrack): Promise<void> {
  const wanted = { backgroundBlur: rememberedProcessing().backgroundBlur };
  // With these the library opens the camera again after a pause.
  Object.assign(track.constraints, wanted);
  if (blurSupport(track.mediaStreamTrack) !== "yes") return;
  const current = track.mediaStreamTrack.getConstraints();
  await track.mediaStreamTrack.applyConstraints({ ...current, ...wanted }).catch(() => undefined);
}
