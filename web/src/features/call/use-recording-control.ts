/** The button that records, for interviewers. */
import { useState } from "react";
import { toastProblem } from "@/components/toaster";
import { startRecording, stopRecording, useRunningRecording } from "./api";
import type { RecordingControl } from "./control-bar";

export function useRecordingControl(
  interviewId: string,
  isMember: boolean,
  isRecording: boolean,
): RecordingControl | undefined {
  const running = useRunningRecording(interviewId, isMember);
  const [isBusy, setBusy] = useState(false);
  if (!isMember) return undefined;
  const toggle = async () => {
    setBusy(true);
    try {
      if (running === undefined) await startRecording(interviewId);
      else await stopRecording(running.id);
    } catch (error) {
      toastProblem(error);
    } finally {
      setBusy(false);
    }
  };
  return { isRecording: running !== undefined || isRecording, isBusy, toggle: () => void toggle() };
}
