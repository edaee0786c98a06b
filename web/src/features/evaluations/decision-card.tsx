import { useState } from "react";
import { problemOf } from "@/api/client";
import { type Evaluation, type Outcome, useDecide, useReopen } from "@/api/evaluations";
import type { Interview } from "@/api/types";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, ownTimeStyle } from "@/lib/time";
import { OUTCOMES } from "./levels";

interface DecisionCardProps {
  interview: Interview;
  evaluation: Evaluation;
}

/** What came of it: made by those entitled, seen by the team, and open again by them. */
export function DecisionCard({ interview, evaluation }: DecisionCardProps) {
  return (
    <section aria-label="Decision">
      <h2 className="mb-3 font-semibold">Decision</h2>
      <Card className="gap-4 p-5">
        {evaluation.decision ? (
          <Decided interview={interview} evaluation={evaluation} decision={evaluation.decision} />
        ) : evaluation.may_decide && interview.allowed.includes("decide") ? (
          <Deciding interview={interview} evaluation={evaluation} />
        ) : (
          <p className="text-muted-foreground">
            {interview.allowed.includes("decide")
              ? "Not decided yet. Owners, admins and who planned the interview decide."
              : "It can be decided once the interview has ended."}
          </p>
        )}
      </Card>
    </section>
  );
}

function Decided(props: DecisionCardProps & { decision: NonNullable<Evaluation["decision"]> }) {
  const { interview, evaluation, decision } = props;
  const now = useNow();
  const reopen = useReopen(interview.id);
  const decide = useDecide(interview.id);
  const { outcome, reason } = decision;
  const run = () =>
    reopen.mutateAsync("").then(
      () =>
        toast("The decision is open again", {
          action: {
            label: "Undo",
            run: () => decide.mutate({ outcome, reason }, { onError: toastProblem }),
          },
        }),
      toastProblem,
    );
  return (
    <>
      <div>
        <p data-testid="outcome" className="font-semibold text-lg">
          {OUTCOMES[outcome]}
        </p>
        {reason && <p className="mt-1 break-words">“{reason}”</p>}
        <p className="mt-1 text-[13px] text-muted-foreground">
          <bdi>{decision.by.name}</bdi>, {dayAndTime(new Date(decision.at), now, ownTimeStyle())}
        </p>
      </div>
      {evaluation.may_decide && (
        <Button variant="outline" onClick={run} disabled={reopen.isPending}>
          Reopen
        </Button>
      )}
    </>
  );
}

function Deciding({ interview, evaluation }: DecisionCardProps) {
  const decide = useDecide(interview.id);
  const reopen = useReopen(interview.id);
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [reason, setReason] = useState("");
  const missing = evaluation.scorers.filter(({ has_submitted }) => !has_submitted).length;
  const run = () => {
    if (outcome === null) return;
    decide.mutateAsync({ outcome, reason: reason.trim() }).then(
      () =>
        toast(`Decided: ${OUTCOMES[outcome]}`, {
          action: { label: "Undo", run: () => reopen.mutate("", { onError: toastProblem }) },
        }),
      // The card shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <>
      {decide.error && <ProblemNotice problem={problemOf(decide.error)} />}
      {missing > 0 && (
        <p className="text-[13px] text-warning">
          {missing === 1 ? "1 scorecard is" : `${missing} scorecards are`} still to come.
        </p>
      )}
      <ToggleGroup
        type="single"
        aria-label="Outcome"
        value={outcome ?? ""}
        onValueChange={(value) => setOutcome((value || null) as Outcome | null)}
        className="w-full"
      >
        {Object.entries(OUTCOMES).map(([value, label]) => (
          <ToggleGroupItem key={value} value={value} className="flex-1">
            {label}
          </ToggleGroupItem>
        ))}
      </ToggleGroup>
      <Field label="Reason" aside="optional">
        {(control) => (
          <Input
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
            maxLength={500}
            autoComplete="off"
          />
        )}
      </Field>
      <Button onClick={run} disabled={outcome === null || decide.isPending}>
        Decide
      </Button>
    </>
  );
}
