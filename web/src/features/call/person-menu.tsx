/** What can be done about one person: pin them for oneself; for interviewers also mute, ask, and take out. */
import {
  HandIcon,
  MicIcon,
  MicOffIcon,
  MonitorUpIcon,
  MonitorXIcon,
  MoreVerticalIcon,
  PinIcon,
  UserXIcon,
  VideoIcon,
  VideoOffIcon,
} from "lucide-react";
import { useState } from "react";
import { askPerson, lowerHand, mutePerson } from "@/api/floor";
import type { Hand, SourceWanted } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuSeparator,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import type { Person } from "./people";
import { RemoveDialog } from "./remove-dialog";

interface PersonMenuProps {
  person: Person;
  interviewId: string;
  isHost: boolean;
  hand: Hand | undefined;
  onPin: () => void;
}

export function PersonMenu({ person, interviewId, isHost, hand, onPin }: PersonMenuProps) {
  const [isRemoving, setRemoving] = useState(false);
  const sends = person.role !== "observer";
  // Colleagues have a right to be here; they are taken off the interview instead.
  const isRemovable = person.role === "candidate" || person.identity.startsWith("guest-");
  const mute = (kind: SourceWanted) =>
    void mutePerson(interviewId, person.identity, kind).catch(toastProblem);
  const ask = (kind: SourceWanted) =>
    void askPerson(interviewId, person.identity, kind).then(
      () => toast(`${person.name} was asked`),
      toastProblem,
    );
  return (
    <>
      <DropdownMenu>
        <DropdownMenuTrigger asChild>
          <Button
            variant="ghost"
            size="icon-sm"
            aria-label={`What to do about ${person.name}`}
            data-testid="person-menu"
          >
            <MoreVerticalIcon />
          </Button>
        </DropdownMenuTrigger>
        <DropdownMenuContent align="end" className="w-60">
          {sends && (
            <DropdownMenuItem onSelect={onPin}>
              <PinIcon /> Pin or unpin for me
            </DropdownMenuItem>
          )}
          {isHost && sends && (
            <>
              {hand !== undefined && (
                <DropdownMenuItem
                  data-testid="lower-hand"
                  onSelect={() => void lowerHand(interviewId, hand.id).catch(toastProblem)}
                >
                  <HandIcon /> Lower their hand
                </DropdownMenuItem>
              )}
              <DropdownMenuSeparator />
              {person.microphone === "on" ? (
                <DropdownMenuItem data-testid="mute-person" onSelect={() => mute("microphone")}>
                  <MicOffIcon /> Mute
                </DropdownMenuItem>
              ) : (
                <DropdownMenuItem data-testid="ask-unmute" onSelect={() => ask("microphone")}>
                  <MicIcon /> Ask to unmute
                </DropdownMenuItem>
              )}
              {person.camera !== undefined ? (
                <DropdownMenuItem data-testid="stop-camera" onSelect={() => mute("camera")}>
                  <VideoOffIcon /> Stop their camera
                </DropdownMenuItem>
              ) : (
                <DropdownMenuItem data-testid="ask-camera" onSelect={() => ask("camera")}>
                  <VideoIcon /> Ask to start the camera
                </DropdownMenuItem>
              )}
              {person.screen !== undefined ? (
                <DropdownMenuItem data-testid="stop-screen" onSelect={() => mute("screen")}>
                  <MonitorXIcon /> Stop their screen share
                </DropdownMenuItem>
              ) : (
                <DropdownMenuItem data-testid="ask-screen" onSelect={() => ask("screen")}>
                  <MonitorUpIcon /> Ask to share their screen
                </DropdownMenuItem>
              )}
            </>
          )}
          {isHost && isRemovable && (
            <>
              {sends && <DropdownMenuSeparator />}
              <DropdownMenuItem
                variant="destructive"
                data-testid="remove-person"
                onSelect={() => setRemoving(true)}
              >
                <UserXIcon /> Take out of the call…
              </DropdownMenuItem>
            </>
          )}
        </DropdownMenuContent>
      </DropdownMenu>
      {isRemoving && (
        <RemoveDialog person={person} interviewId={interviewId} onClose={() => setRemoving(false)} />
      )}
    </>
  );
}
