/** Who is here, in words: names, roles, microphones, connections. The room's side area shows it. */
import { MicIcon, MicOffIcon, MonitorUpIcon, SignalLowIcon, VideoIcon, VideoOffIcon } from "lucide-react";
import type { ReactNode } from "react";
import { SCOPE_WORDS } from "@/api/calls";
import type { RecordingScope } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { PersonAvatar } from "@/components/person-avatar";
import type { Person } from "./people";

export interface PeopleListProps {
  people: Person[];
  candidateLink: string | null;
  /** What the candidate lets be recorded, for interviewers. */
  scope: RecordingScope | undefined;
  /** For whom may open and close the room. */
  lock?: ReactNode;
}

export function PeopleList({ people, candidateLink, scope, lock }: PeopleListProps) {
  return (
    <div data-testid="people-panel" className="flex min-h-0 flex-1 flex-col">
      <ul aria-label="People" className="min-h-0 flex-1 overflow-y-auto p-2">
        {people.map((person) => (
          <PersonRow
            key={person.identity}
            person={person}
            scope={person.role === "candidate" ? scope : undefined}
          />
        ))}
      </ul>
      {candidateLink !== null && (
        <footer className="space-y-2 border-t p-4">
          <p className="text-[13px] text-muted-foreground">The candidate comes in by this personal link.</p>
          <CopyButton variant="outline" className="w-full" text={candidateLink} label="Copy candidate link" />
          {lock}
        </footer>
      )}
    </div>
  );
}

const ROLES: Record<Person["role"], string> = {
  interviewer: "Interviewer",
  candidate: "Candidate",
  observer: "Observer, only watches",
  other: "Guest",
};

function PersonRow({ person, scope }: { person: Person; scope: RecordingScope | undefined }) {
  const isMuted = person.microphone !== "on";
  return (
    <li className="flex items-center gap-3 rounded-lg p-2">
      <PersonAvatar name={person.name} className="size-9 text-[13px]" />
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium text-sm">
          <bdi>{person.name}</bdi>
          {person.isLocal && <span className="font-normal text-muted-foreground"> (you)</span>}
        </p>
        <p className="truncate text-muted-foreground text-xs">
          {ROLES[person.role]}
          {person.quality === "weak" || person.quality === "lost" ? " · weak connection" : ""}
        </p>
        {scope !== undefined && (
          <p data-testid="candidate-scope" className="truncate text-muted-foreground text-xs">
            May be recorded: {SCOPE_WORDS[scope]}
          </p>
        )}
      </div>
      <span
        className="flex items-center gap-2 text-muted-foreground [&_svg]:size-4"
        hidden={person.role === "observer"}
      >
        {(person.quality === "weak" || person.quality === "lost") && (
          <SignalLowIcon className="text-warning" aria-hidden />
        )}
        {person.screen !== undefined && (
          <MonitorUpIcon className="text-primary" aria-label="Shares a screen" />
        )}
        {isMuted ? (
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
    </li>
  );
}
