/** Tells screen readers what others see happen: who comes and goes, raises a hand, shares, and what was done to oneself. */
import { useEffect, useRef, useState } from "react";
import { clockText } from "@/lib/clock";
import type { Person } from "./people";

interface AnnouncerProps {
  people: readonly Person[];
  hands: readonly { identity: string; name: string }[];
  isRecording: boolean;
  isFocusRunning: boolean;
  focusSecondsLeft: number;
}

export function Announcer({ people, hands, isRecording, isFocusRunning, focusSecondsLeft }: AnnouncerProps) {
  const others = people.filter(({ isLocal }) => !isLocal);
  const names = (list: readonly { identity: string; name: string }[]) =>
    new Map(list.map(({ identity, name }) => [identity, name]));
  const news = [
    useDifference(names(others), "joined", "left"),
    useDifference(
      names(others.filter(({ screen }) => screen !== undefined)),
      "shares a screen",
      "stopped sharing",
    ),
    useDifference(names(hands), "raised a hand", "lowered the hand"),
    useTurn(isRecording, "Recording started", "Recording stopped"),
    useTurn(isFocusRunning, `Focus time, ${clockText(focusSecondsLeft)}`, "Focus time is over"),
  ];
  return (
    <>
      {news.map((text, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is always the same kinds of news.
        <p key={index} role="log" aria-live="polite" className="sr-only">
          {text}
        </p>
      ))}
    </>
  );
}

function useDifference(now: ReadonlyMap<string, string>, came: string, went: string): string {
  const [text, setText] = useState("");
  const known = useRef<ReadonlyMap<string, string>>(undefined);
  useEffect(() => {
    const before = known.current;
    known.current = now;
    if (before === undefined) return;
    const fresh = [...now].filter(([key]) => !before.has(key)).map(([, name]) => `${name} ${came}`);
    const gone = [...before].filter(([key]) => !now.has(key)).map(([, name]) => `${name} ${went}`);
    if (fresh.length + gone.length > 0) setText([...fresh, ...gone].join(", "));
  });
  return text;
}

function useTurn(value: boolean, on: string, off: string): string {
  const [text, setText] = useState("");
  const known = useRef(value);
  useEffect(() => {
    if (known.current === value) return;
    known.current = value;
    setText(value ? on : off);
  }, [value, on, off]);
  return text;
}
