/** Opens, switches and closes camera and microphone before a call, and says why one did not open. */
import {
  createLocalTracks,
  type LocalAudioTrack,
  type LocalTrack,
  type LocalVideoTrack,
} from "livekit-client";
import { useCallback, useEffect, useRef, useState } from "react";
import type { LocalTracks } from "./call-session";
import { watchCamera } from "./camera-watch";
import { type DeviceKind, type DeviceProblem, problemOf } from "./device-problems";
import { rememberDevices, rememberedDevices } from "./memory";
import { cameraCapture, microphoneCapture } from "./processing";

export interface LobbyDevice<LocalKind extends LocalTrack> {
  isOn: boolean;
  isStarting: boolean;
  track: LocalKind | undefined;
  problem: DeviceProblem | undefined;
}

interface State {
  microphone: LobbyDevice<LocalAudioTrack>;
  camera: LobbyDevice<LocalVideoTrack>;
}

export interface LobbyDevices extends State {
  toggle: (device: DeviceKind) => void;
  choose: (device: DeviceKind, deviceId: string) => void;
  retry: () => void;
  /** Hands the open tracks over; whoever takes them closes them. */
  release: () => LocalTracks;
}

const DEVICES: readonly DeviceKind[] = ["microphone", "camera"];

export function useLobbyDevices(): LobbyDevices {
  const [state, setState] = useState<State>(() => {
    const { microphoneOn, cameraOn } = rememberedDevices();
    const closed = { isStarting: false, track: undefined, problem: undefined };
    return { microphone: { ...closed, isOn: microphoneOn }, camera: { ...closed, isOn: cameraOn } };
  });
  // The newest state, for what happens outside of rendering; `open` are the tracks that this page still owns.
  const latest = useRef(state);
  const open = useRef<LocalTracks>({});
  const isGone = useRef(false);

  const update = useCallback((device: DeviceKind, change: Partial<LobbyDevice<LocalTrack>>) => {
    latest.current = { ...latest.current, [device]: { ...latest.current[device], ...change } };
    setState(latest.current);
  }, []);

  const close = useCallback(
    (device: DeviceKind) => {
      open.current[device]?.stop();
      open.current[device] = undefined;
      update(device, { track: undefined });
    },
    [update],
  );

  const start = useCallback(
    async (devices: readonly DeviceKind[]) => {
      for (const device of devices) update(device, { isStarting: true, problem: undefined });
      const opened = await openDevices(devices);
      for (const device of devices) {
        const { track, problem } = opened[device] ?? {};
        if (track !== undefined && (isGone.current || !latest.current[device].isOn)) track.stop();
        else if (track !== undefined) {
          open.current[device]?.stop();
          open.current = { ...open.current, [device]: track };
          update(device, { track });
        }
        update(device, { isStarting: false, problem });
      }
    },
    [update],
  );

  const startMissing = useCallback(() => {
    const missing = DEVICES.filter((device) => {
      const { isOn, isStarting } = latest.current[device];
      return isOn && !isStarting && open.current[device] === undefined;
    });
    if (missing.length > 0) void start(missing);
  }, [start]);

  useEffect(() => {
    isGone.current = false;
    startMissing();
    const unwatch = watchForChange(startMissing);
    const unwatchCamera = watchCamera(
      () => open.current.camera,
      (isStill) => update("camera", { problem: isStill ? "still" : undefined }),
      (error) => update("camera", { problem: problemOf(error) }),
    );
    return () => {
      isGone.current = true;
      unwatch();
      unwatchCamera();
      for (const device of DEVICES) close(device);
    };
  }, [startMissing, close, update]);

  const toggle = useCallback(
    (device: DeviceKind) => {
      const isOn = !latest.current[device].isOn;
      rememberDevices(device === "camera" ? { cameraOn: isOn } : { microphoneOn: isOn });
      update(device, { isOn, problem: undefined });
      if (isOn) void start([device]);
      else close(device);
    },
    [close, start, update],
  );

  const choose = useCallback(
    (device: DeviceKind, deviceId: string) => {
      rememberDevices(device === "camera" ? { cameraId: deviceId } : { microphoneId: deviceId });
      if (latest.current[device].isOn) void start([device]);
    },
    [start],
  );

  const retry = useCallback(() => {
    if (latest.current.camera.problem === "still") close("camera");
    startMissing();
  }, [close, startMissing]);

  const release = useCallback(() => {
    const tracks = open.current;
    open.current = {};
    return tracks;
  }, []);

  return { ...state, toggle, choose, retry, release };
}

type Opened = Partial<
  Record<DeviceKind, { track?: LocalAudioTrack | LocalVideoTrack; problem?: DeviceProblem }>
>;

/** One prompt for both devices; if that fails, one by one, to know which of them is to blame. */
async function openDevices(devices: readonly DeviceKind[]): Promise<Opened> {
  if (navigator.mediaDevices === undefined) {
    const problem = window.isSecureContext ? "unsupported" : "insecure";
    return Object.fromEntries(devices.map((device) => [device, { problem }]));
  }
  try {
    const tracks = await createLocalTracks({
      audio: devices.includes("microphone") && microphoneCapture(),
      video: devices.includes("camera") && cameraCapture(),
    });
    return Object.fromEntries(
      tracks.map((track) => [track.kind === "audio" ? "microphone" : "camera", { track }]),
    );
  } catch (error) {
    const problem = problemOf(error);
    // A closed prompt answers for both: asking again at once would only annoy.
    if (devices.length === 1 || problem === "dismissed") {
      return Object.fromEntries(devices.map((device) => [device, { problem }]));
    }
    const [first, second] = [await openDevices(devices.slice(0, 1)), await openDevices(devices.slice(1))];
    return { ...first, ...second };
  }
}

/** Calls back when a device is plugged in or a permission changes, so that people need not press anything. */
function watchForChange(changed: () => void): () => void {
  const { mediaDevices, permissions } = navigator;
  const statuses: PermissionStatus[] = [];
  let isStopped = false;
  mediaDevices?.addEventListener("devicechange", changed);
  for (const name of DEVICES) {
    permissions
      ?.query({ name: name as PermissionName })
      .then((status) => {
        if (isStopped) return;
        statuses.push(status);
        status.addEventListener("change", changed);
      })
      // Some browsers do not know these permissions.
      .catch(() => undefined);
  }
  return () => {
    isStopped = true;
    mediaDevices?.removeEventListener("devicechange", changed);
    for (const status of statuses) status.removeEventListener("change", changed);
  };
}
