/** What was done in the call, as the timeline of a recording tells it. */
import type { Happening } from "@/api/types";

export interface Mark {
  id: number;
  /** In seconds of the recording. */
  at: number;
  kind: Happening["kind"];
  text: string;
}

const MUTED = { microphone: "muted", camera: "stopped the camera of", screen: "stopped the screen of" };
const ASKED = {
  microphone: "to unmute",
  camera: "to start the camera",
  screen: "to share the screen",
};

/** Those that lie within the recording, in order. */
export function marksOf(happenings: readonly Happening[], startedAt: string, duration: number): Mark[] {
  const start = Date.parse(startedAt);
  return happenings
    .map((each) => ({
      id: each.id,
      at: (Date.parse(each.at) - start) / 1000,
      kind: each.kind,
      text: wordsOf(each),
    }))
    .filter(({ at }) => at >= 0 && at <= duration)
    .sort((a, b) => a.at - b.at);
}

function wordsOf({ kind, device, who, by }: Happening): string {
  const doer = by ?? "Somebody";
  switch (kind) {
    case "hand":
      return `${who} raised a hand`;
    case "mute":
      return `${doer} ${MUTED[device ?? "microphone"]} ${who}`;
    case "ask":
      return `${doer} asked ${who} ${ASKED[device ?? "microphone"]}`;
    case "removal":
      return `${doer} took ${who} out of the call`;
    case "readmission":
      return `${doer} let ${who} in again`;
    case "focus":
      return `${doer} gave ${who} focus time`;
  }
}
