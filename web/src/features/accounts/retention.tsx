import { Link } from "@tanstack/react-router";
import { UserRoundIcon, VideoIcon } from "lucide-react";
import { useState } from "react";
import { useLive } from "@/api/live";
import type { Member } from "@/api/session";
import type { DueErasure } from "@/api/types";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { dayName, ownTimeStyle } from "@/lib/time";
import { numberOf, textOf, useSaving } from "./use-saving";

const SHOWN = 8;

/** How long recordings and candidates are kept, and what goes within a week. */
export function Retention({ me }: { me: Member }) {
  const { save, isBusy, errors, notice } = useSaving();
  const { recording_days, candidate_days } = me.organisation;
  const [recordings, setRecordings] = useState(textOf(recording_days));
  const [candidates, setCandidates] = useState(textOf(candidate_days));
  const wanted = { recording_days: numberOf(recordings), candidate_days: numberOf(candidates) };
  const isChanged = wanted.recording_days !== recording_days || wanted.candidate_days !== candidate_days;
  const days = (value: string, onChange: (value: string) => void) => ({
    type: "number",
    min: 1,
    max: 3650,
    value,
    onChange: (event: React.ChangeEvent<HTMLInputElement>) => onChange(event.target.value),
  });
  return (
    <div className="grid gap-5">
      <form onSubmit={(event) => void save(event, wanted)} className="grid gap-5">
        {notice}
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label="Recordings, in days" aside="empty: for ever" error={errors.recording_days}>
            {(control) => <Input {...control} {...days(recordings, setRecordings)} />}
          </Field>
          <Field label="Candidates, in days" aside="empty: for ever" error={errors.candidate_days}>
            {(control) => <Input {...control} {...days(candidates, setCandidates)} />}
          </Field>
        </div>
        <p className="text-[13px] text-muted-foreground">
          Recordings are counted from when they were stopped. Candidates go so many days after their last
          interview, with all their interviews: scorecards, notes, chat, files and recordings.
        </p>
        <div>
          <Button type="submit" disabled={isBusy || !isChanged}>
            {isBusy ? "Saving…" : "Save"}
          </Button>
        </div>
      </form>
      {(recording_days !== null || candidate_days !== null) && <Upcoming />}
    </div>
  );
}

function Upcoming() {
  const upcoming = useLive("retention.upcoming", {});
  if (upcoming.problem) return <ProblemNotice problem={upcoming.problem} />;
  if (!upcoming.data) return <Skeleton className="h-24 rounded-lg" />;
  const { items, recordings_count, candidates_count } = upcoming.data;
  const more = recordings_count + candidates_count - Math.min(items.length, SHOWN);
  return (
    <section aria-label="Goes within 7 days" className="min-w-0">
      <h3 className="mb-2 font-medium">
        {items.length === 0 ? "Nothing goes within the next 7 days." : "Goes within the next 7 days"}
      </h3>
      {items.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-lg border">
          {items.slice(0, SHOWN).map((item) => (
            <DueRow key={item.id} item={item} />
          ))}
        </ul>
      )}
      {more > 0 && (
        <p className="mt-2 text-[13px] text-muted-foreground">
          And {more} more: {recordings_count} recordings and {candidates_count} candidates altogether.
        </p>
      )}
    </section>
  );
}

function DueRow({ item }: { item: DueErasure }) {
  const isRecording = item.kind === "recording";
  const Icon = isRecording ? VideoIcon : UserRoundIcon;
  const day = new Date(`${item.goes_on}T12:00`);
  const words = dayName(day, useNow(), ownTimeStyle());
  return (
    <li className="relative flex items-center gap-3 px-3 py-2 hover:bg-muted">
      <Icon
        className="size-4 shrink-0 text-muted-foreground"
        aria-label={isRecording ? "Recording" : "Candidate"}
      />
      <Link
        to={isRecording ? "/recordings/$id" : "/candidates/$id"}
        params={{ id: item.id }}
        className="-outline-offset-2 min-w-0 flex-1 truncate after:absolute after:inset-0"
      >
        <bdi>{item.name ?? "Not named"}</bdi>
      </Link>
      <time dateTime={item.goes_on} className="shrink-0 text-[13px] text-warning tabular-nums">
        {day < new Date() ? "Next night" : words}
      </time>
    </li>
  );
}
