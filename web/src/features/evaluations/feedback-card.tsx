import { useState } from "react";
import { problemOf } from "@/api/client";
import {
  type Evaluation,
  type FeedbackDraft,
  usePreviewFeedback,
  useRevokeFeedback,
  useSendFeedback,
} from "@/api/evaluations";
import type { Interview } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { FeedbackContent } from "@/components/feedback-content";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Textarea } from "@/components/ui/textarea";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

interface FeedbackCardProps {
  interview: Interview;
  evaluation: Evaluation;
}

/** What the candidate is given to read, if those who decide want to give anything. */
export function FeedbackCard({ interview, evaluation }: FeedbackCardProps) {
  const [isWriting, setIsWriting] = useState(false);
  const now = useNow();
  const revoke = useRevokeFeedback(interview.id);
  const { feedback } = evaluation;
  if (!evaluation.may_decide || (!evaluation.decision && !feedback)) return null;
  const takeBack = () =>
    revoke.mutateAsync().then(() => toast("Taken back: the link does not work any more"), toastProblem);
  return (
    <section aria-label="Feedback for the candidate">
      <h2 className="mb-3 font-semibold">Feedback for the candidate</h2>
      <Card className="gap-4 p-5">
        {feedback ? (
          <>
            <p>
              Sent to <bdi className="break-all font-medium">{feedback.address}</bdi>
              <span className="block text-[13px] text-muted-foreground">
                <bdi>{feedback.by.name}</bdi>, {dayAndTime(new Date(feedback.at), now, ownTimeStyle())}
                {feedback.sent_at === null && " · the e-mail waits to go out"}
              </span>
            </p>
            <div className="flex flex-wrap gap-2">
              <CopyButton text={feedback.url} label="Copy link" variant="outline" size="sm" />
              <Button variant="outline" size="sm" onClick={() => void takeBack()} disabled={revoke.isPending}>
                Take back
              </Button>
            </div>
          </>
        ) : (
          <>
            <p className="text-muted-foreground">
              Nothing is sent unless you choose it. You see what they will read first.
            </p>
            <Button variant="outline" onClick={() => setIsWriting(true)}>
              Write feedback
            </Button>
          </>
        )}
      </Card>
      <Dialog open={isWriting} onOpenChange={setIsWriting}>
        <DialogContent className="sm:max-w-lg">
          <DialogHeader>
            <DialogTitle>Feedback for {interview.candidate.name ?? "the candidate"}</DialogTitle>
            <DialogDescription>
              Choose the parts. Nobody of the team is named in it, and nothing else of the evaluation is
              shown.
            </DialogDescription>
          </DialogHeader>
          <FeedbackForm interview={interview} evaluation={evaluation} close={() => setIsWriting(false)} />
        </DialogContent>
      </Dialog>
    </section>
  );
}

function FeedbackForm({ interview, evaluation, close }: FeedbackCardProps & { close: () => void }) {
  const preview = usePreviewFeedback(interview.id);
  const send = useSendFeedback(interview.id);
  const [draft, setDraft] = useState<FeedbackDraft>({
    message: "",
    skills: [],
    comment_ids: [],
    includes_outcome: false,
  });
  const change = (part: Partial<FeedbackDraft>) => {
    preview.reset();
    setDraft({ ...draft, ...part });
  };
  const address = interview.candidate.email;
  const isEmpty =
    draft.message.trim() === "" &&
    draft.skills.length === 0 &&
    draft.comment_ids.length === 0 &&
    !draft.includes_outcome;
  const error = preview.error ?? send.error;
  const run = () =>
    send.mutateAsync(draft).then(
      () => {
        close();
        toast("Feedback is on its way");
      },
      // The dialog shows what the mutation failed of.
      () => {},
    );
  if (preview.data) {
    return (
      <div className="grid gap-5">
        {error && <ProblemNotice problem={problemOf(error)} />}
        <div className="max-h-[50vh] overflow-y-auto rounded-xl border p-4">
          <FeedbackContent content={preview.data} heading="h3" />
        </div>
        <p className="text-[13px] text-muted-foreground">
          {address
            ? `${address} gets a link by e-mail. You can take it back.`
            : "The candidate has no e-mail address. Add it to the interview first."}
        </p>
        <DialogFooter>
          <Button variant="outline" onClick={() => preview.reset()}>
            Back
          </Button>
          <Button onClick={() => void run()} disabled={!address || send.isPending}>
            {send.isPending ? "Sending…" : "Send"}
          </Button>
        </DialogFooter>
      </div>
    );
  }
  return (
    <div className="grid gap-5">
      {error && <ProblemNotice problem={problemOf(error)} />}
      <Field label="Message" aside="optional">
        {(control) => (
          <Textarea
            {...control}
            value={draft.message}
            onChange={(event) => change({ message: event.target.value })}
            maxLength={4000}
            placeholder="What went well, and what to work on."
          />
        )}
      </Field>
      <Choices
        legend="Skills, with the level that the team saw"
        choices={scored(evaluation)}
        chosen={draft.skills}
        onChange={(skills) => change({ skills })}
      />
      <Choices
        legend="Comments, in their own words"
        choices={evaluation.comments.map(({ id, text }) => ({ value: id, label: text }))}
        chosen={draft.comment_ids}
        onChange={(comment_ids) => change({ comment_ids })}
      />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="size-4 accent-primary"
          checked={draft.includes_outcome}
          onChange={(event) => change({ includes_outcome: event.target.checked })}
        />
        The outcome
      </label>
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button onClick={() => preview.mutate(draft)} disabled={isEmpty || preview.isPending}>
          Preview
        </Button>
      </DialogFooter>
    </div>
  );
}

/** Only what was seen by somebody has a level to show. */
function scored(evaluation: Evaluation) {
  const cards = [evaluation.mine, ...evaluation.others].filter((card) => card?.submitted_at);
  return evaluation.skills
    .filter(({ key }) => cards.some((card) => card && key in card.ratings))
    .map(({ key, name }) => ({ value: key, label: name }));
}

function Choices(props: {
  legend: string;
  choices: { value: string; label: string }[];
  chosen: readonly string[];
  onChange: (chosen: string[]) => void;
}) {
  const { choices, chosen, onChange } = props;
  if (choices.length === 0) return null;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 font-medium">{props.legend}</legend>
      {choices.map(({ value, label }) => (
        <label key={value} className="flex items-start gap-2">
          <input
            type="checkbox"
            className="mt-0.5 size-4 shrink-0 accent-primary"
            checked={chosen.includes(value)}
            onChange={(event) =>
              onChange(event.target.checked ? [...chosen, value] : chosen.filter((each) => each !== value))
            }
          />
          <span className="line-clamp-3 min-w-0 break-words">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}
