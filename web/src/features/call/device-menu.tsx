/** Switching devices during the call, from any menu. */
import { useState } from "react";
import { DropdownMenuSeparator } from "@/components/ui/dropdown-menu";
import type { CallSession } from "./call-session";
import { DeviceMenuGroup } from "./device-select";
import { rememberDevices, rememberedDevices } from "./memory";
import { useMediaDevices } from "./use-media-devices";

type Kind = "microphone" | "camera" | "speaker";

const ABOUT = {
  microphone: { label: "Microphone", list: "microphones", kind: "audioinput", key: "microphoneId" },
  camera: { label: "Camera", list: "cameras", kind: "videoinput", key: "cameraId" },
  speaker: { label: "Speaker", list: "speakers", kind: "audiooutput", key: "speakerId" },
} as const;

export function DeviceMenu({ session, kinds }: { session: CallSession; kinds: Kind[] }) {
  const devices = useMediaDevices(session);
  const [remembered, setRemembered] = useState(rememberedDevices);
  const choose = (kind: Kind, deviceId: string) => {
    const about = ABOUT[kind];
    rememberDevices({ [about.key]: deviceId });
    setRemembered(rememberedDevices());
    void session.switchDevice(about.kind, deviceId);
  };
  return kinds.map((kind, index) => {
    const about = ABOUT[kind];
    return (
      <div key={kind}>
        {index > 0 && <DropdownMenuSeparator />}
        <DeviceMenuGroup
          label={about.label}
          devices={devices[about.list]}
          current={session.room.getActiveDevice(about.kind) ?? remembered[about.key]}
          onChoose={(deviceId) => choose(kind, deviceId)}
        />
      </div>
    );
  });
}
