/** Short signs that rise over the stage for a moment, with the name of who sent them. */
import { useEffect, useRef, useState } from "react";
import type { Floor, ReactionKind } from "@/api/types";
import { isolated } from "@/lib/person";

export const REACTIONS: readonly { kind: ReactionKind; sign: string; word: string }[] = [
  { kind: "thumbs_up", sign: "👍", word: "Thumbs up" },
  { kind: "clap", sign: "👏", word: "Applause" },
  { kind: "heart", sign: "❤️", word: "Heart" },
  { kind: "laugh", sign: "😂", word: "Laughter" },
  { kind: "surprise", sign: "😮", word: "Surprise" },
  { kind: "celebrate", sign: "🎉", word: "Celebration" },
];

const SHOWN_MS = 4000;
type Reaction = Floor["reactions"][number];

export function Reactions({ reactions }: { reactions: Reaction[] }) {
  const shown = useFresh(reactions);
  return (
    <div
      className="pointer-events-none absolute bottom-4 left-4 z-20 flex flex-col gap-2"
      role="log"
      aria-live="polite"
      aria-label="Reactions"
    >
      {shown.map(({ id, name, kind }) => {
        const { sign, word } = signOf(kind);
        return (
          <p
            key={id}
            data-testid="reaction"
            data-kind={kind}
            className="fade-in-0 slide-in-from-bottom-6 flex w-fit animate-in items-center gap-2 rounded-full bg-black/70 py-1 pr-3 pl-2 text-white text-xs shadow-lg backdrop-blur-sm duration-300"
          >
            <span className="text-2xl leading-none" aria-hidden>
              {sign}
            </span>
            <span className="sr-only">{word} from </span>
            {isolated(name)}
          </p>
        );
      })}
    </div>
  );
}

function signOf(kind: ReactionKind) {
  return REACTIONS.find((each) => each.kind === kind) ?? { sign: "·", word: kind };
}

/** Those that came while this page was looking; not those from before it. */
function useFresh(reactions: Reaction[]): Reaction[] {
  const [shown, setShown] = useState<Reaction[]>([]);
  const newest = useRef<number>(undefined);
  useEffect(() => {
    const last = reactions.at(-1)?.id ?? 0;
    const fresh =
      newest.current === undefined ? [] : reactions.filter(({ id }) => id > (newest.current ?? 0));
    newest.current = Math.max(last, newest.current ?? 0);
    if (fresh.length === 0) return;
    setShown((now) => [...now, ...fresh].slice(-6));
    const gone = new Set(fresh.map(({ id }) => id));
    window.setTimeout(() => setShown((now) => now.filter(({ id }) => !gone.has(id))), SHOWN_MS);
  }, [reactions]);
  return shown;
}
