/** The cameras, microphones and speakers of this machine, kept current while they are plugged in and out. */
import { useEffect, useState } from "react";

export interface MediaDevice {
  id: string;
  name: string;
}

export interface MediaDevices {
  microphones: MediaDevice[];
  cameras: MediaDevice[];
  speakers: MediaDevice[];
}

const NONE: MediaDevices = { microphones: [], cameras: [], speakers: [] };

/** `key` asks again when it changes: names appear only once a permission was given. */
export function useMediaDevices(key: unknown): MediaDevices {
  const [devices, setDevices] = useState(NONE);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key is there to ask again.
  useEffect(() => {
    const { mediaDevices } = navigator;
    if (mediaDevices === undefined) return;
    let isCurrent = true;
    const list = async () => {
      const all = await mediaDevices.enumerateDevices().catch(() => []);
      if (isCurrent) setDevices(sortDevices(all));
    };
    void list();
    mediaDevices.addEventListener("devicechange", list);
    return () => {
      isCurrent = false;
      mediaDevices.removeEventListener("devicechange", list);
    };
  }, [key]);
  return devices;
}

function sortDevices(all: MediaDeviceInfo[]): MediaDevices {
  const of = (kind: MediaDeviceKind, word: string) =>
    all
      // Before a permission devices have neither id nor name.
      .filter((device) => device.kind === kind && device.deviceId !== "")
      .map((device, index) => ({ id: device.deviceId, name: device.label || `${word} ${index + 1}` }));
  return {
    microphones: of("audioinput", "Microphone"),
    cameras: of("videoinput", "Camera"),
    speakers: of("audiooutput", "Speaker"),
  };
}
