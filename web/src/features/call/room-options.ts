/** How this product captures, publishes and reconnects: the settings of the media library, in one place. */
import { DefaultReconnectPolicy, type Room, type RoomOptions, ScreenSharePresets } from "livekit-client";
import { rememberedDevices } from "./memory";
import { cameraCapture, microphoneCapture } from "./processing";

/* A lid closed for a minute or a server restarting must not end an interview, and knocking every two seconds costs nothing. */
const RESUME_DELAYS_MS = [0, 300, 700, 1000, 1500, ...Array.from({ length: 45 }, () => 2000)];

/* Text must stay readable, so a share is one full-size layer that gives up frames rather than pixels. */
export const SCREEN_CAPTURE = {
  audio: true,
  contentHint: "text",
  resolution: ScreenSharePresets.h1080fps15.resolution,
  selfBrowserSurface: "exclude",
  surfaceSwitching: "include",
  systemAudio: "include",
} as const;
export const SCREEN_PUBLISHING = { simulcast: false } as const;

export function roomOptions(): RoomOptions {
  const { speakerId } = rememberedDevices();
  return {
    adaptiveStream: true,
    dynacast: true,
    disconnectOnPageLeave: true,
    reconnectPolicy: new DefaultReconnectPolicy(RESUME_DELAYS_MS),
    audioCaptureDefaults: microphoneCapture(),
    videoCaptureDefaults: cameraCapture(),
    ...(speakerId === undefined ? {} : { audioOutput: { deviceId: speakerId } }),
    publishDefaults: {
      videoCodec: "vp8",
      backupCodec: false,
      simulcast: true,
      // The media engine forwards plain Opus.
      red: false,
      dtx: true,
      screenShareEncoding: ScreenSharePresets.h1080fps15.encoding,
    },
  };
}

/** What was chosen since the room was made counts, and is what the room's menus show. */
export function followChoices(room: Room): void {
  room.options.audioCaptureDefaults = microphoneCapture();
  room.options.videoCaptureDefaults = cameraCapture();
  const { microphoneId, cameraId, speakerId } = rememberedDevices();
  const chosen = [
    ["audioinput", microphoneId],
    ["videoinput", cameraId],
    ["audiooutput", speakerId],
  ] as const;
  for (const [kind, deviceId] of chosen) {
    if (deviceId === undefined) continue;
    // Not every browser has a choice of speakers.
    void room.switchActiveDevice(kind, deviceId, false).catch(() => undefined);
  }
}
