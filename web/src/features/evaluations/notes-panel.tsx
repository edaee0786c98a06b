import { LockIcon, Trash2Icon } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { type Note, unsentPaths, useDeleteNote, writeNote } from "@/api/evaluations";
import { useLive } from "@/api/live";
import { useUnsent } from "@/api/outbox";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { UnsentEdit } from "@/components/unsent-edit";
import { useNow } from "@/hooks/use-now";
import { clockTime, dayAndTime, ownTimeStyle } from "@/lib/time";

interface NotesPanelProps {
  interviewId: string;
  /** In the room the day is known, and the panel scrolls by itself. */
  isInCall?: boolean;
}

/** One's own notes, stamped with the moment at which they were written. Enter keeps one, Shift-Enter begins a line. */
export function NotesPanel({ interviewId, isInCall = false }: NotesPanelProps) {
  const notes = useLive("notes.list", { interview_id: interviewId });
  const unsent = useUnsent(unsentPaths.notes(interviewId));
  const [text, setText] = useState("");
  const keep = () => {
    const written = text.trim();
    if (written === "") return;
    writeNote(interviewId, written);
    setText("");
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    keep();
  };
  return (
    <section aria-label="My notes" className={isInCall ? "flex min-h-0 flex-1 flex-col gap-3" : "grid gap-3"}>
      {isInCall && <h2 className="font-medium text-sm">My notes</h2>}
      <p className="flex items-center gap-1.5 text-[13px] text-muted-foreground">
        <LockIcon className="size-3.5 shrink-0" aria-hidden="true" />
        Only you can read your notes.
      </p>
      {notes.problem && <ProblemNotice problem={notes.problem} />}
      {((notes.data && notes.data.length > 0) || unsent.length > 0) && (
        <ul className={isInCall ? "min-h-0 flex-1 space-y-3 overflow-y-auto" : "space-y-3"}>
          {notes.data?.map((note) => (
            <NoteItem key={note.id} note={note} interviewId={interviewId} isInCall={isInCall} />
          ))}
          {unsent.map((edit) => (
            <UnsentEdit key={edit.id} edit={edit}>
              {(edit.body as { text: string }).text}
            </UnsentEdit>
          ))}
        </ul>
      )}
      <div className={isInCall ? "mt-auto grid gap-2" : "grid gap-2"}>
        <Textarea
          aria-label="New note"
          data-testid="new-note"
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
          placeholder="What you notice. Enter keeps it."
          maxLength={4000}
          className="min-h-16"
        />
        <Button
          variant="outline"
          size="sm"
          className="justify-self-end"
          onClick={keep}
          disabled={text.trim() === ""}
        >
          Keep note
        </Button>
      </div>
    </section>
  );
}

function NoteItem({ note, interviewId, isInCall }: { note: Note; interviewId: string; isInCall: boolean }) {
  const now = useNow();
  const remove = useDeleteNote(interviewId);
  const at = new Date(note.at);
  const style = ownTimeStyle();
  const drop = () =>
    remove.mutateAsync(note.id).then(
      () =>
        toast("Note deleted", {
          action: { label: "Undo", run: () => writeNote(interviewId, note.text) },
        }),
      toastProblem,
    );
  return (
    <li className="group flex gap-3">
      <time
        dateTime={note.at}
        className="shrink-0 pt-px text-[13px] text-muted-foreground tabular-nums"
        title={dayAndTime(at, now, style)}
      >
        {isInCall ? clockTime(at, style) : dayAndTime(at, now, style)}
      </time>
      <p className="min-w-0 flex-1 whitespace-pre-line break-words">{note.text}</p>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label="Delete this note"
        onClick={drop}
        className="-my-1 text-muted-foreground"
      >
        <Trash2Icon />
      </Button>
    </li>
  );
}
