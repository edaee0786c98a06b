/** The player's keys: J K L, space, arrows, digits, and a few single letters. */
import { useEffect, useRef } from "react";
import type { Playback } from "./playback";

interface OtherActs {
  toggleMuted: () => void;
  toggleFullScreen: () => void;
}

export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4];

/** Where the space bar or a letter belongs to something else. */
const TYPING = "input, textarea, select, [contenteditable='true'], [role='menu'], [role='dialog']";
const PRESSABLE = "button, a, [role='button']";

export function usePlayerKeys(playback: Playback, acts: OtherActs): void {
  const latest = useRef(acts);
  useEffect(() => {
    latest.current = acts;
  });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      const target = event.target instanceof Element ? event.target : null;
      if (target?.closest(TYPING)) return;
      if (event.key === " " && target?.closest(PRESSABLE)) return;
      const act = actFor(event, playback, latest.current);
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [playback]);
}

function actFor(event: KeyboardEvent, playback: Playback, acts: OtherActs): (() => void) | undefined {
  const jump = (seconds: number) => () => playback.seek(playback.position() + seconds);
  const { duration, rate } = playback.snapshot();
  if (/^[0-9]$/.test(event.key)) return () => playback.seek((duration * Number(event.key)) / 10);
  switch (event.key.length === 1 ? event.key.toLowerCase() : event.key) {
    case " ":
    case "k":
      return event.repeat ? undefined : () => playback.toggle();
    case "j":
      return jump(-10);
    case "l":
      return jump(10);
    case "ArrowLeft":
      return jump(event.shiftKey ? -1 : -5);
    case "ArrowRight":
      return jump(event.shiftKey ? 1 : 5);
    case "Home":
      return () => playback.seek(0);
    case "End":
      return () => playback.seek(duration);
    case "<":
      return () => playback.setRate(SPEEDS.findLast((speed) => speed < rate) ?? rate);
    case ">":
      return () => playback.setRate(SPEEDS.find((speed) => speed > rate) ?? rate);
    case "m":
      return acts.toggleMuted;
    case "f":
      return acts.toggleFullScreen;
    default:
      return undefined;
  }
}
