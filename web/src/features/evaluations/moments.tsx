import { Link } from "@tanstack/react-router";
import { PlayIcon, PlusIcon, XIcon } from "lucide-react";
import { useState } from "react";
import type { Moment, MomentDraft } from "@/api/evaluations";
import { useLive } from "@/api/live";
import type { Recording } from "@/api/types";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Popover, PopoverContent, PopoverTrigger } from "@/components/ui/popover";
import { clockTime, ownTimeStyle } from "@/lib/time";
import { offsetOf } from "./offset";

/** What a rating rests on; where the moment was recorded, it opens the review there. */
export function MomentChips({ moments }: { moments: readonly Moment[] }) {
  if (moments.length === 0) return null;
  return (
    <ul className="mt-1.5 flex flex-wrap gap-1.5">
      {moments.map((moment) => {
        const words = `${clockTime(new Date(moment.at), ownTimeStyle())}${moment.text && ` · ${moment.text}`}`;
        const chip =
          "inline-flex max-w-full items-center gap-1 rounded-full border px-2 py-0.5 text-[13px] [&_svg]:size-3 [&_svg]:shrink-0";
        return (
          <li key={`${moment.at} ${moment.text}`} className="min-w-0 max-w-full">
            {moment.recording_id ? (
              <Link
                to="/recordings/$id"
                params={{ id: moment.recording_id }}
                search={{ t: Math.floor(moment.offset_s ?? 0) }}
                className={`${chip} underline-offset-4 hover:bg-muted hover:underline`}
                title="Play this moment"
              >
                <PlayIcon aria-hidden="true" />
                <span className="truncate">{words}</span>
              </Link>
            ) : (
              <span className={`${chip} text-muted-foreground`}>
                <span className="truncate">{words}</span>
              </span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

interface MomentPickerProps {
  interviewId: string;
  skill: string;
  moments: readonly MomentDraft[];
  onChange: (moments: MomentDraft[]) => void;
}

/** Chooses what a rating rests on: one's own notes, or a place in the recording. */
export function MomentPicker({ interviewId, skill, moments, onChange }: MomentPickerProps) {
  const [isOpen, setIsOpen] = useState(false);
  const notes = useLive("notes.list", { interview_id: interviewId }, { enabled: isOpen });
  const recordings = useLive("recordings.of_interview", { interview_id: interviewId }, { enabled: isOpen });
  const add = (moment: MomentDraft) => {
    if (!moments.some(({ at }) => at === moment.at)) onChange([...moments, moment]);
    setIsOpen(false);
  };
  const free = (notes.data ?? []).filter(({ at }) => !moments.some((each) => each.at === at));
  return (
    <div className="flex flex-wrap items-center gap-1.5">
      {moments.map((moment) => (
        <span
          key={moment.at}
          className="inline-flex max-w-full items-center gap-1 rounded-full border py-0.5 pr-0.5 pl-2 text-[13px]"
        >
          <span className="truncate">
            {clockTime(new Date(moment.at), ownTimeStyle())}
            {moment.text && ` · ${moment.text}`}
          </span>
          <button
            type="button"
            aria-label={`Do not cite ${moment.text || "this moment"}`}
            onClick={() => onChange(moments.filter((each) => each !== moment))}
            className="grid size-5 place-items-center rounded-full hover:bg-muted"
          >
            <XIcon className="size-3" />
          </button>
        </span>
      ))}
      <Popover open={isOpen} onOpenChange={setIsOpen}>
        <PopoverTrigger asChild>
          <Button
            variant="ghost"
            size="sm"
            className="text-muted-foreground"
            aria-label={`Cite a moment for ${skill}`}
          >
            <PlusIcon />
            Cite a moment
          </Button>
        </PopoverTrigger>
        <PopoverContent align="start" className="grid w-80 max-w-[calc(100vw-2rem)] gap-4 p-4">
          <div className="grid gap-1.5">
            <p className="font-medium">One of my notes</p>
            {free.length === 0 && (
              <p className="text-[13px] text-muted-foreground">
                {notes.data?.length ? "All are cited." : "You have written none in this interview."}
              </p>
            )}
            <ul className="grid max-h-56 overflow-y-auto">
              {free.map((note) => (
                <li key={note.id}>
                  <button
                    type="button"
                    onClick={() => add({ at: note.at, text: note.text.split("\n")[0]?.slice(0, 200) ?? "" })}
                    className="flex w-full gap-3 rounded-md px-2 py-1.5 text-left hover:bg-muted"
                  >
                    <span className="shrink-0 text-muted-foreground tabular-nums">
                      {clockTime(new Date(note.at), ownTimeStyle())}
                    </span>
                    <span className="line-clamp-2 min-w-0 break-words">{note.text}</span>
                  </button>
                </li>
              ))}
            </ul>
          </div>
          {(recordings.data ?? []).map((recording) => (
            <RecordingPlace key={recording.id} recording={recording} onPick={add} />
          ))}
        </PopoverContent>
      </Popover>
    </div>
  );
}

function RecordingPlace({
  recording,
  onPick,
}: {
  recording: Recording;
  onPick: (moment: MomentDraft) => void;
}) {
  const [time, setTime] = useState("");
  const [text, setText] = useState("");
  const offset = offsetOf(time);
  const isInside = offset !== null && (recording.duration_s === null || offset <= recording.duration_s);
  const add = () => {
    if (offset === null || !isInside) return;
    const at = new Date(new Date(recording.started_at).getTime() + offset * 1000);
    onPick({ at: at.toISOString(), text: text.trim() });
  };
  return (
    <fieldset className="grid gap-1.5">
      <legend className="mb-1.5 font-medium">A place in the recording</legend>
      <div className="grid grid-cols-[5.5rem_1fr] gap-2">
        <Input
          aria-label="Place in the recording"
          placeholder="12:30"
          value={time}
          onChange={(event) => setTime(event.target.value)}
          aria-invalid={time !== "" && !isInside ? true : undefined}
          className="tabular-nums"
        />
        <Input
          aria-label="What is to be seen there"
          placeholder="What is to be seen there"
          value={text}
          onChange={(event) => setText(event.target.value)}
          maxLength={200}
        />
      </div>
      <Button variant="outline" size="sm" onClick={add} disabled={!isInside} className="justify-self-end">
        Cite
      </Button>
    </fieldset>
  );
}
