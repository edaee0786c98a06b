import { useEffect, useRef, useState } from "react";
import {
  type Evaluation,
  type Moment,
  type MomentDraft,
  type ScorecardDraft,
  saveScorecard,
  unsentPaths,
  useSubmitScorecard,
} from "@/api/evaluations";
import { useLiveState } from "@/api/live";
import { outbox, useUnsent } from "@/api/outbox";
import type { Edit } from "@/api/outbox-core";
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
import { MomentPicker } from "./moments";

const SAVE_AFTER_MS = 600;

/** One's own scorecard: saved by itself while it is filled in, and final once it is submitted. */
export function ScorecardForm({ interviewId, evaluation }: { interviewId: string; evaluation: Evaluation }) {
  const { skills, mine } = evaluation;
  // What was not sent yet is newer than what the server has.
  const draft = useUnsent(unsentPaths.scorecard(interviewId))[0]?.body as ScorecardDraft | undefined;
  const [typed, setTyped] = useState<ScorecardDraft>();
  // Until something is typed here it follows the server, where what was sent last may arrive after this page.
  const card = typed ?? (draft ? { ...draft, moments: draft.moments ?? {} } : cardOf(mine));
  const { unsent, isWaiting, change, saved } = useAutosave(interviewId, card, setTyped);
  const submit = useSubmitScorecard(interviewId);
  const hand = async () => {
    try {
      await saved();
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
        >
          <MomentPicker
            interviewId={interviewId}
            skill={name}
            moments={card.moments[key] ?? []}
            onChange={(moments) => change({ moments: { ...card.moments, [key]: moments } })}
          />
        </LevelChoice>
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
        <SaveState unsent={unsent} isWaiting={isWaiting} isTouched={typed !== undefined} />
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
      {unsent?.refusal && <ProblemNotice problem={unsent.refusal} />}
    </div>
  );
}

function cardOf(mine: Evaluation["mine"]): ScorecardDraft {
  return {
    ratings: mine?.ratings ?? {},
    moments: draftsOf(mine?.moments ?? {}),
    overall: mine?.overall ?? null,
    summary: mine?.summary ?? "",
  };
}

function draftsOf(moments: Record<string, Moment[]>): Record<string, MomentDraft[]> {
  return Object.fromEntries(
    Object.entries(moments).map(([skill, cited]) => [skill, cited.map(({ at, text }) => ({ at, text }))]),
  );
}

/** Goes to the outbox a moment after the last change, and from there to the server; it outlives this page. */
function useAutosave(interviewId: string, card: ScorecardDraft, setCard: (card: ScorecardDraft) => void) {
  const path = unsentPaths.scorecard(interviewId);
  const unsent = useUnsent(path)[0];
  // Typed, and not in the outbox yet.
  const [isWaiting, setWaiting] = useState(false);
  const newest = useRef<ScorecardDraft>(undefined);
  const timer = useRef(0);
  const save = useRef(() => {
    window.clearTimeout(timer.current);
    if (newest.current !== undefined) saveScorecard(interviewId, newest.current);
    newest.current = undefined;
    setWaiting(false);
  });
  // Leaving the page in the moment after a change must not lose it, nor closing it.
  useEffect(() => {
    const saveNow = () => save.current();
    window.addEventListener("pagehide", saveNow);
    return () => {
      window.removeEventListener("pagehide", saveNow);
      saveNow();
    };
  }, []);
  const change = (part: Partial<ScorecardDraft>) => {
    const next = { ...card, ...part };
    setCard(next);
    setWaiting(true);
    newest.current = next;
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(save.current, SAVE_AFTER_MS);
  };
  const saved = () => {
    save.current();
    return outbox.arrived(path);
  };
  return { unsent, isWaiting, change, saved };
}

interface SaveStateProps {
  unsent: Edit | undefined;
  isWaiting: boolean;
  isTouched: boolean;
}

function SaveState({ unsent, isWaiting, isTouched }: SaveStateProps) {
  const isOffline = useLiveState() === "lost";
  let words = isTouched ? "Saved. Only you see it until you submit." : "Saved by itself as you fill it in.";
  if (unsent?.refusal) words = "Not saved.";
  else if (unsent && isOffline)
    words = "Not saved yet: kept in this browser, and sent when the connection is back.";
  else if (unsent || isWaiting) words = "Saving…";
  return (
    <p role="status" data-testid="save-state" className="text-[13px] text-muted-foreground">
      {words}
    </p>
  );
}
