/** What was done in the call, to read and to go there; the timeline shows where they lie. */
import {
  BrainIcon,
  DoorOpenIcon,
  HandIcon,
  type LucideIcon,
  MessageCircleQuestionIcon,
  MicOffIcon,
  UserXIcon,
} from "lucide-react";
import { clockText } from "@/lib/clock";
import type { Mark } from "./happenings";
import type { Playback } from "./playback";

const ICONS: Record<Mark["kind"], LucideIcon> = {
  hand: HandIcon,
  ask: MessageCircleQuestionIcon,
  mute: MicOffIcon,
  removal: UserXIcon,
  readmission: DoorOpenIcon,
  focus: BrainIcon,
};
/** So that what led to it is heard too. */
const BEFORE_S = 2;

export function MarkList({ marks, playback }: { marks: readonly Mark[]; playback: Playback }) {
  return (
    <section aria-label="In the call" data-testid="marks" className="border-b p-4 sm:p-5">
      <h2 className="mb-2 font-medium">In the call</h2>
      <ol className="-mx-2 max-h-72 overflow-y-auto">
        {marks.map(({ id, at, kind, text }) => {
          const Icon = ICONS[kind];
          return (
            <li key={id}>
              <button
                type="button"
                onClick={() => playback.seek(Math.max(0, at - BEFORE_S))}
                className="flex w-full items-baseline gap-2 rounded-md px-2 py-1.5 text-left text-[13px] hover:bg-accent"
              >
                <Icon className="size-3.5 shrink-0 self-center text-muted-foreground" aria-hidden />
                <bdi className="min-w-0 flex-1 break-words">{text}</bdi>
                <span className="shrink-0 text-muted-foreground text-xs tabular-nums">{clockText(at)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
