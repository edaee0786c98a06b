/** Raising a hand and sending a short sign. */
import { HandIcon, SmileIcon } from "lucide-react";
import type { ReactionKind } from "@/api/types";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Control, ControlButton } from "./control-bar";
import { REACTIONS } from "./reactions";
import type { RoomFloor } from "./use-floor";

export function HandButton({ floor, isConnected }: { floor: RoomFloor; isConnected: boolean }) {
  return (
    <Control
      testId="hand-toggle"
      icon={HandIcon}
      label={floor.isMyHandUp ? "Lower hand" : "Raise hand"}
      hint="H"
      isActive={floor.isMyHandUp}
      isBusy={!isConnected}
      onClick={floor.toggleHand}
      className="max-sm:hidden"
    />
  );
}

export function ReactionMenu({ floor }: { floor: RoomFloor }) {
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <ControlButton label="React" aria-label="React" data-testid="react" className="max-md:hidden">
          <span className="grid h-9 w-11 place-items-center rounded-xl bg-secondary text-secondary-foreground transition-colors group-hover:bg-accent sm:w-12">
            <SmileIcon className="size-5" aria-hidden />
          </span>
        </ControlButton>
      </DropdownMenuTrigger>
      <DropdownMenuContent side="top" align="center" className="min-w-0">
        <ReactionItems onReact={floor.react} />
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

/** One row of signs; also in the menu of phones. */
export function ReactionItems({ onReact }: { onReact: (kind: ReactionKind) => void }) {
  return (
    <div className="flex gap-0.5">
      {REACTIONS.map(({ kind, sign, word }) => (
        <DropdownMenuItem
          key={kind}
          aria-label={word}
          title={word}
          data-testid={`react-${kind}`}
          className="justify-center px-2 py-1.5 text-xl leading-none"
          onSelect={() => onReact(kind)}
        >
          <span aria-hidden>{sign}</span>
        </DropdownMenuItem>
      ))}
    </div>
  );
}
