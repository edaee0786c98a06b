/** What the numbers of a network test mean for a call, in words. */
import { decimal } from "@/lib/locale";

export interface LineReport {
  /** How the media travels; calls are best over UDP. */
  path: "udp" | "tcp" | "unknown";
  roundTripMs: number | undefined;
  /** Between 0 and 1, the worse of both directions. */
  loss: number;
  upKbps: number;
  downKbps: number;
}

export interface Verdict {
  grade: "good" | "fair" | "bad";
  title: string;
  advice: string | undefined;
}

const OVER_TCP =
  "This network blocks UDP, so the call takes a slower way. A network without that block is better.";

export const NO_WAY_ADVICE =
  "Company networks and some hotels block it. Try another network, such as your phone's hotspot, or switch a VPN off.";

const GOOD_KBPS = 900;
const FAIR_KBPS = 300;
const GOOD_LOSS = 0.02;
const FAIR_LOSS = 0.08;
const GOOD_MS = 200;
const FAIR_MS = 400;

export function verdictOf({ path, roundTripMs = 0, loss, upKbps, downKbps }: LineReport): Verdict {
  const slowest = Math.min(upKbps, downKbps);
  if (slowest < FAIR_KBPS || loss > FAIR_LOSS) {
    return {
      grade: "bad",
      title: "Your line may be too weak for video",
      advice: adviceOn(
        path,
        "Move closer to the router or use a cable, and stop downloads. In the call you can switch to sound only; it needs little.",
      ),
    };
  }
  if (slowest < GOOD_KBPS || loss > GOOD_LOSS || roundTripMs > FAIR_MS) {
    return {
      grade: "fair",
      title: "Your line will do; the picture may be less sharp at times",
      advice: adviceOn(path, "A cable, or a place closer to the router, helps most."),
    };
  }
  if (path === "tcp") {
    return {
      grade: "fair",
      title: "The call works, but only over TCP",
      advice: OVER_TCP,
    };
  }
  if (roundTripMs > GOOD_MS) {
    return {
      grade: "fair",
      title: "Your line is fast, with a noticeable delay",
      advice: "You may fall into each other's words now and then. Leave short pauses.",
    };
  }
  return { grade: "good", title: "Your line is ready for a video call", advice: undefined };
}

/** A blocked way is told also to whom the line itself gives trouble: it may be the cause. */
function adviceOn(path: LineReport["path"], advice: string): string {
  return path === "tcp" ? `${advice} ${OVER_TCP}` : advice;
}

/** "UDP · 2.4 Mbit/s up, 2.3 down · 0.0 % lost · 24 ms there and back" */
export function numbersOf({ path, roundTripMs, loss, upKbps, downKbps }: LineReport): string {
  const mbit = (kbps: number) => decimal(kbps / 1000, 1);
  return [
    path === "unknown" ? undefined : path.toUpperCase(),
    `${mbit(upKbps)} Mbit/s up, ${mbit(downKbps)} down`,
    `${decimal(loss * 100, 1)} % lost`,
    roundTripMs === undefined ? undefined : `${Math.round(roundTripMs)} ms there and back`,
  ]
    .filter((part) => part !== undefined)
    .join(" · ");
}
