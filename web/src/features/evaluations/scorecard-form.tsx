import { useEffect, useRef, useState } from "react";
import { problemOf } from "@/api/client";
import {
  type Evaluation,
  type ScorecardDraft,
  useSaveScorecard,
  useSubmitScorecard,
} from "@/api/evaluations";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Textarea } from "@/components/ui/textarea";
import { LevelChoice } from "./level-choice";

const SAVE_AFTER_MS = 600;

/** One's own scorecard: saved by itself while it is filled in, and final once it is submitted. */
export function ScorecardForm({ interviewId, evaluation }: { interviewId: string; evaluation: Evaluation }) {
  const { skills, mine } = evaluation;
  const [card, setCard] = useState<ScorecardDraft>(() => ({
    ratings: mine?.ratings ?? {},
    overall: mine?.overall ?? null,
    summary: mine?.summary ?? "",
  }));
  const { state, change, saveNow } = useAutosave(interviewId, card, setCard);
  const submit = useSubmitScorecard(interviewId);
  const hand = async () => {
    try {
      await saveNow();
      await submit.mutateAsync();
      toast("Scorecard submitted", { description: "You can read what the others think now." });
    } catch (error) {
      toastProblem(error);
    }
  };
  return (
    <div className="grid gap-6">
      {skills.map(({ key, name, anchors }) => (
        <LevelChoice
          key={key}
          label={name}
          anchors={anchors}
          value={card.ratings[key]}
          onChange={(level) => {
            const { [key]: _, ...others } = card.ratings;
            change({ ratings: level === null ? others : { ...others, [key]: level } });
          }}
        />
      ))}
      <LevelChoice
        label="Overall: would you hire?"
        value={card.overall}
        onChange={(overall) => change({ overall })}
      />
      <Field label="In a few sentences" aside="optional">
        {(control) => (
          <Textarea
            {...control}
            value={card.summary}
            onChange={(event) => change({ summary: event.target.value })}
            placeholder="What you saw, not what you felt."
            maxLength={4000}
          />
        )}
      </Field>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <SaveState state={state} />
        <AlertDialog>
          <AlertDialogTrigger asChild>
            <Button disabled={!card.overall || submit.isPending}>Submit scorecard</Button>
          </AlertDialogTrigger>
          <AlertDialogContent>
            <AlertDialogHeader>
              <AlertDialogTitle>Submit your scorecard?</AlertDialogTitle>
              <AlertDialogDescription>
                It cannot be changed afterwards. Then you read the others', and they can read yours.
              </AlertDialogDescription>
            </AlertDialogHeader>
            <AlertDialogFooter>
              <AlertDialogCancel>Not yet</AlertDialogCancel>
              <AlertDialogAction onClick={() => void hand()}>Submit</AlertDialogAction>
            </AlertDialogFooter>
          </AlertDialogContent>
        </AlertDialog>
      </div>
      {state instanceof Error && <ProblemNotice problem={problemOf(state)} />}
    </div>
  );
}

type Saving = "untouched" | "saving" | "saved" | Error;

/** Saves a moment after the last change; one request at a time, so that an older card never lands on a newer. */
function useAutosave(interviewId: string, card: ScorecardDraft, setCard: (card: ScorecardDraft) => void) {
  const { mutateAsync } = useSaveScorecard(interviewId);
  const [state, setState] = useState<Saving>("untouched");
  const newest = useRef<ScorecardDraft>(undefined);
  const timer = useRef(0);
  const running = useRef<Promise<void>>(Promise.resolve());
  const save = () => {
    window.clearTimeout(timer.current);
    running.current = running.current
      .catch(() => {})
      .then(async () => {
        const wanted = newest.current;
        if (wanted === undefined) return;
        newest.current = undefined;
        try {
          await mutateAsync(wanted);
          setState((was) => (newest.current === undefined ? "saved" : was));
        } catch (error) {
          newest.current ??= wanted;
          setState(error instanceof Error ? error : new Error("The scorecard could not be saved."));
          throw error;
        }
      });
    return running.current;
  };
  const latestSave = useRef(save);
  latestSave.current = save;
  // Leaving the page in the moment after a change must not lose it.
  useEffect(() => () => void latestSave.current().catch(() => {}), []);
  const change = (part: Partial<ScorecardDraft>) => {
    const next = { ...card, ...part };
    setCard(next);
    newest.current = next;
    setState("saving");
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => void save().catch(() => {}), SAVE_AFTER_MS);
  };
  return { state, change, saveNow: save };
}

function SaveState({ state }: { state: Saving }) {
  return (
    <p role="status" data-testid="save-state" className="text-[13px] text-muted-foreground">
      {state === "untouched" && "Saved by itself as you fill it in."}
      {state === "saving" && "Saving…"}
      {state === "saved" && "Saved. Only you see it until you submit."}
      {state instanceof Error && "Not saved yet."}
    </p>
  );
}
