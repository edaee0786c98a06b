/** Who leads the conversation: whoever spoke last for more than a word, so that a cough does not change the picture. */
import { useEffect, useState } from "react";
import type { Person } from "./people";

const MORE_THAN_A_WORD_MS = 1200;

export function useSpeaker(people: readonly Person[]): string | undefined {
  const [speaker, setSpeaker] = useState<string>();
  const speaking = people.filter(({ isSpeaking, isLocal }) => isSpeaking && !isLocal);
  const isStill = speaking.some(({ identity }) => identity === speaker);
  const next = isStill ? undefined : speaking[0]?.identity;
  useEffect(() => {
    if (next === undefined) return;
    const timer = window.setTimeout(() => setSpeaker(next), MORE_THAN_A_WORD_MS);
    return () => window.clearTimeout(timer);
  }, [next]);
  return speaker;
}
