/** Focus time: for a while the candidate works unwatched. Their own page stops sending; the server sees to it as well. */
import { useEffect, useState } from "react";
import { useSecond } from "@/hooks/use-second";
import type { CallSession, CallSnapshot } from "./call-session";
import type { Sending } from "./memory";
import type { RoomFloor } from "./use-floor";

export interface FocusTime {
  isRunning: boolean;
  secondsLeft: number;
  /** What the candidate was sending before, once it is over and they have not gone on yet. */
  paused: Sending | undefined;
  resume: () => void;
  forget: () => void;
}

export function useFocus(
  session: CallSession,
  snapshot: CallSnapshot,
  floor: RoomFloor,
  isCandidate: boolean,
): FocusTime {
  const endsAt = floor.focus === null || floor.focus.is_over ? undefined : Date.parse(floor.focus.ends_at);
  const [paused, setPaused] = useState<Sending>();
  const now = useSecond(endsAt !== undefined) + snapshot.clockOffsetMs;
  const isRunning = endsAt !== undefined && endsAt > now;
  const { sending, stopped, busy, connection } = snapshot;

  useEffect(() => {
    if (!isCandidate || !isRunning || connection !== "connected") return;
    // The server may have stopped them before this page knew why.
    const was = (device: keyof Sending) => sending[device] || stopped.includes(device);
    if (was("microphone") || was("camera")) {
      setPaused((before) => ({
        microphone: before?.microphone || was("microphone"),
        camera: before?.camera || was("camera"),
      }));
      if (stopped.length > 0) session.dismissDeviceProblem();
    }
    if (sending.microphone && !busy.microphone) void session.setMicrophone(false);
    if (sending.camera && !busy.camera) void session.setCamera(false);
    if (sending.screen && !busy.screen) void session.setScreen(false);
  }, [isCandidate, isRunning, connection, sending, stopped, busy, session]);

  const forget = () => setPaused(undefined);
  return {
    isRunning,
    secondsLeft: endsAt === undefined ? 0 : Math.max(0, Math.ceil((endsAt - now) / 1000)),
    paused: isRunning ? undefined : paused,
    resume: () => {
      if (paused?.microphone) void session.setMicrophone(true);
      if (paused?.camera) void session.setCamera(true);
      forget();
    },
    forget,
  };
}
