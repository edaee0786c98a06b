/** Who is here, in words: names, roles, microphones, connections. The room's side area shows it. */
import {
  HandIcon,
  MicIcon,
  MicOffIcon,
  MonitorUpIcon,
  SignalLowIcon,
  VideoIcon,
  VideoOffIcon,
} from "lucide-react";
import type { ReactNode } from "react";
import { SCOPE_WORDS } from "@/api/calls";
import { readmitCandidate } from "@/api/floor";
import type { Door, Hand, RecordingScope } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { PersonAvatar } from "@/components/person-avatar";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { isolated, userIdIn } from "@/lib/person";
import { cameraKey } from "./composition";
import { type Person, QUALITY_WORDS } from "./people";
import { PersonMenu } from "./person-menu";
import { VolumeControl } from "./volume-control";

export interface PeopleListProps {
  people: Person[];
  interviewId: string;
  /** Interviewers, who have a say in the room. */
  isHost: boolean;
  hands: Hand[];
  volumes: ReadonlyMap<string, number>;
  onVolume: (identity: string, volume: number) => void;
  onPin: (key: string) => void;
  candidateLink: string | null;
  door: Door | undefined;
  /** For whom may open and close the room. */
  lock?: ReactNode;
}

export function PeopleList({ people, hands, candidateLink, door, lock, ...row }: PeopleListProps) {
  const isHere = people.some(({ role }) => role === "candidate");
  return (
    <div data-testid="people-panel" className="flex min-h-0 flex-1 flex-col">
      {hands.length > 0 && <Hands hands={hands} />}
      <ul aria-label="People" className="min-h-0 flex-1 overflow-y-auto p-2">
        {people.map((person) => (
          <PersonRow
            key={person.identity}
            {...row}
            person={person}
            hand={hands.find(({ identity }) => identity === person.identity)}
            scope={person.role === "candidate" ? (door?.scope ?? undefined) : undefined}
          />
        ))}
      </ul>
      {row.isHost && door?.sent_away != null && !isHere && (
        <SentAway away={door.sent_away} interviewId={row.interviewId} />
      )}
      {candidateLink !== null && (
        <footer className="space-y-2 border-t p-4">
          {!isHere && (
            <>
              <p className="text-[13px] text-muted-foreground">
                The candidate comes in by this personal link.
              </p>
              <CopyButton
                variant="outline"
                className="w-full"
                text={candidateLink}
                label="Copy candidate link"
              />
            </>
          )}
          {lock}
        </footer>
      )}
    </div>
  );
}

function Hands({ hands }: { hands: Hand[] }) {
  return (
    <section aria-label="Raised hands" className="border-b p-3" data-testid="hands">
      <ol className="space-y-1 text-[13px]">
        {hands.map(({ id, name }, index) => (
          <li key={id} className="flex items-center gap-2">
            <HandIcon className="size-4 shrink-0 text-warning" aria-hidden />
            <span className="text-muted-foreground tabular-nums">{index + 1}.</span>
            <bdi className="truncate">{name}</bdi>
          </li>
        ))}
      </ol>
    </section>
  );
}

const AWAY_WORDS: Record<string, string> = {
  refused: "was not let in",
  removed: "was taken out, and may knock again",
  barred: "was taken out, and may not knock again",
};

function SentAway({ away, interviewId }: { away: NonNullable<Door["sent_away"]>; interviewId: string }) {
  return (
    <div data-testid="sent-away" className="flex items-center gap-3 border-t p-4 text-[13px]">
      <p className="min-w-0 flex-1 text-muted-foreground">
        {isolated(away.name)} {AWAY_WORDS[away.knock] ?? "is out"}.
      </p>
      <Button
        size="sm"
        variant="outline"
        data-testid="readmit"
        onClick={() => void readmitCandidate(interviewId).catch(toastProblem)}
      >
        Let in
      </Button>
    </div>
  );
}

const ROLES: Record<Person["role"], string> = {
  interviewer: "Interviewer",
  candidate: "Candidate",
  observer: "Observer, only watches",
  other: "Guest",
};

interface PersonRowProps
  extends Pick<PeopleListProps, "interviewId" | "isHost" | "volumes" | "onVolume" | "onPin"> {
  person: Person;
  hand: Hand | undefined;
  scope: RecordingScope | undefined;
}

function PersonRow({ person, hand, scope, interviewId, isHost, volumes, onVolume, onPin }: PersonRowProps) {
  const isTroubled = person.quality === "weak" || person.quality === "lost";
  return (
    <li
      data-testid="person"
      data-identity={person.identity}
      className="flex items-center gap-2.5 rounded-lg p-2"
    >
      <PersonAvatar
        name={person.name}
        userId={userIdIn(person.identity)}
        className="size-9 shrink-0 text-[13px]"
      />
      <div className="min-w-0 flex-1">
        <div className="flex items-center gap-2">
          <p className="min-w-0 flex-1 truncate font-medium text-sm">
            <bdi>{person.name}</bdi>
            {person.isLocal && <span className="font-normal text-muted-foreground"> (you)</span>}
          </p>
          <Signs person={person} hasHand={hand !== undefined} />
        </div>
        <p className="flex items-center gap-1 text-muted-foreground text-xs leading-5">
          {isTroubled && <SignalLowIcon className="size-3.5 shrink-0 text-warning" aria-hidden />}
          <span data-testid="person-words">
            {ROLES[person.role]} · {QUALITY_WORDS[person.quality].toLowerCase()}
          </span>
        </p>
        {scope !== undefined && (
          <p data-testid="candidate-scope" className="text-muted-foreground text-xs">
            May be recorded: {SCOPE_WORDS[scope]}
          </p>
        )}
      </div>
      {!person.isLocal && (
        <span className="-mr-1 flex shrink-0">
          {person.role !== "observer" && (
            <VolumeControl
              name={person.name}
              volume={volumes.get(person.identity) ?? 1}
              onChange={(volume) => onVolume(person.identity, volume)}
            />
          )}
          <PersonMenu
            person={person}
            interviewId={interviewId}
            isHost={isHost}
            hand={hand}
            onPin={() => onPin(cameraKey(person.identity))}
          />
        </span>
      )}
    </li>
  );
}

function Signs({ person, hasHand }: { person: Person; hasHand: boolean }) {
  return (
    <span
      className="flex shrink-0 items-center gap-1.5 text-muted-foreground [&_svg]:size-4"
      hidden={person.role === "observer"}
    >
      {hasHand && <HandIcon className="text-warning" aria-label="Hand raised" />}
      {person.screen !== undefined && <MonitorUpIcon className="text-primary" aria-label="Shares a screen" />}
      {person.microphone !== "on" ? (
        <MicOffIcon aria-label="Muted" />
      ) : (
        <MicIcon aria-label="Microphone on" className={person.isSpeaking ? "text-primary" : ""} />
      )}
      {person.camera === undefined ? (
        <VideoOffIcon aria-label="Camera off" />
      ) : (
        <VideoIcon aria-label="Camera on" />
      )}
    </span>
  );
}
