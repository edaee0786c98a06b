import { ActivityIcon, ChevronRightIcon } from "lucide-react";
import { useState } from "react";
import type { Connection, ConnectionPoint, Connections } from "@/api/connections";
import { useLive } from "@/api/live";
import { BackLink } from "@/components/back-link";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { Badge } from "@/components/ui/badge";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { clockTime, dayAndTime, ownTimeStyle } from "@/lib/time";
import { Chart } from "./chart";
import { TrackTable } from "./track-table";
import { bitRate, percent, sentencesOf, wayOf } from "./words";

/** How everybody's connection is in the call, or was: for whoever has to find out why a call was bad. */
export function ConnectionPage({ interviewId }: { interviewId: string }) {
  const [callId, setCallId] = useState<string>();
  const interview = useLive("interviews.get", { interview_id: interviewId });
  const args = callId === undefined ? {} : { call_id: callId };
  const connections = useLive("connections.get", { interview_id: interviewId, ...args });
  useTitle(interview.data && `Connection: ${interview.data.title}`);
  const problem = interview.problem ?? connections.problem;
  if (problem) return <ProblemNotice problem={problem} />;
  return (
    <>
      <BackLink to="/interviews/$id" params={{ id: interviewId }}>
        {interview.data?.title ?? "Interview"}
      </BackLink>
      <header className="mt-3 mb-8 flex flex-wrap items-end justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="font-semibold text-2xl tracking-tight">Connection</h1>
          <p className="mt-1.5 max-w-prose text-muted-foreground">
            What the media server measured on everyone’s line. The candidate does not see this page.
          </p>
        </div>
        {connections.data && <CallChoice connections={connections.data} choose={setCallId} />}
      </header>
      {connections.data ? (
        <People connections={connections.data} />
      ) : (
        <Skeleton className="h-96 rounded-xl" />
      )}
    </>
  );
}

function CallChoice({ connections, choose }: { connections: Connections; choose: (id: string) => void }) {
  const now = useNow();
  const style = ownTimeStyle();
  const { calls, call } = connections;
  if (call === null || calls.length < 2) return null;
  return (
    <Select value={call.id} onValueChange={choose}>
      <SelectTrigger aria-label="Call" className="sm:w-64">
        <SelectValue />
      </SelectTrigger>
      <SelectContent>
        {calls.map(({ id, started_at, ended_at }) => (
          <SelectItem key={id} value={id}>
            {dayAndTime(new Date(started_at), now, style)}
            {ended_at === null && " · now"}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}

function People({ connections: { call, people } }: { connections: Connections }) {
  if (call === null) {
    return (
      <EmptyState icon={ActivityIcon} title="No call yet">
        As soon as people are in the room, you see here how their lines are.
      </EmptyState>
    );
  }
  if (people.length === 0) {
    return (
      <EmptyState icon={ActivityIcon} title="Nothing measured">
        {call.ended_at === null
          ? "The first figures come within seconds of somebody joining."
          : "The call was too short, was held on another media server, or this server is set to measure nothing."}
      </EmptyState>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-10">
      {people.map((person) => (
        <Line key={person.identity} person={person} />
      ))}
    </div>
  );
}

function Line({ person }: { person: Connection }) {
  const style = ownTimeStyle();
  const [from, to] = [person.began_at, person.ended_at].map((moment) => new Date(moment));
  return (
    <section data-testid="connection" data-identity={person.identity}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 className="min-w-0 break-words font-semibold">
          <bdi>{person.name}</bdi>
        </h2>
        <Badge variant="outline">{wayOf(person)}</Badge>
        {from && to && (
          <span className="text-[13px] text-muted-foreground tabular-nums">
            {clockTime(from, style)} – {clockTime(to, style)}
          </span>
        )}
      </div>
      <ul className="mt-2 grid max-w-prose gap-1">
        {sentencesOf(person, style).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <Charts person={person} />
      {person.tracks.length > 0 && (
        <details className="group mt-3">
          <summary className="inline-flex cursor-pointer list-none items-center gap-1 rounded-md py-1 pr-2 font-medium text-[13px] text-muted-foreground hover:text-foreground">
            <ChevronRightIcon className="size-4 transition-transform group-open:rotate-90" />
            Each track
          </summary>
          <div className="mt-2">
            <TrackTable name={person.name} tracks={person.tracks} />
          </div>
        </details>
      )}
    </section>
  );
}

type Figure = keyof ConnectionPoint & `${"sent" | "received"}_${string}`;

function Charts({ person }: { person: Connection }) {
  const from = new Date(person.began_at).getTime();
  const to = new Date(person.ended_at).getTime();
  const line = (name: string, figure: Figure | "rtt_ms") => ({
    name,
    points: person.points.map((point) => {
      const moment = new Date(point.at).getTime() - point.seconds * 500;
      return [moment, point.is_connected ? point[figure] : null] as const;
    }),
  });
  const both = (what: string) => [
    line("received", `received_${what}` as Figure),
    line("sent", `sent_${what}` as Figure),
  ];
  const time = { from, to };
  return (
    <div className="mt-4 grid grid-cols-[minmax(0,1fr)] gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Chart title="Packets lost" lines={both("loss")} least={0.05} say={percent} {...time} />
      <Chart
        title="There and back"
        lines={[line("round trip", "rtt_ms")]}
        least={100}
        say={(ms) => `${Math.round(ms)} ms`}
        {...time}
      />
      <Chart title="Bit rate" lines={both("bps")} least={100_000} say={bitRate} {...time} />
      <Chart
        title="Picture"
        lines={both("height")}
        least={360}
        isRound={false}
        say={(lines) => `${lines}p`}
        {...time}
      />
    </div>
  );
}
