import { PlusIcon, XIcon } from "lucide-react";
import type { KitProblem } from "@/api/kits";
import { Field } from "@/components/field";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Textarea } from "@/components/ui/textarea";
import { emptyProblem, type Keyed, type KitDraft } from "./kit-draft";

const MOST = 20;

interface ProblemFieldsProps {
  problems: KitDraft["problems"];
  onChange: (problems: KitDraft["problems"]) => void;
}

export function ProblemFields({ problems, onChange }: ProblemFieldsProps) {
  const replace = (changed: Keyed<KitProblem>) =>
    onChange(problems.map((each) => (each.id === changed.id ? changed : each)));
  return (
    <section className="grid gap-4">
      <h2 className="font-semibold">Problems</h2>
      {problems.map((problem, index) => (
        <OneProblem
          key={problem.id}
          number={index + 1}
          problem={problem}
          onChange={replace}
          onRemove={() => onChange(problems.filter(({ id }) => id !== problem.id))}
        />
      ))}
      {problems.length < MOST && (
        <Button
          variant="outline"
          className="justify-self-start"
          onClick={() => onChange([...problems, emptyProblem()])}
        >
          <PlusIcon />
          Add a problem
        </Button>
      )}
    </section>
  );
}

interface OneProblemProps {
  number: number;
  problem: Keyed<KitProblem>;
  onChange: (problem: Keyed<KitProblem>) => void;
  onRemove: () => void;
}

function OneProblem({ number, problem, onChange, onRemove }: OneProblemProps) {
  return (
    <fieldset className="relative grid gap-4 rounded-xl border bg-card p-4">
      <legend className="sr-only">Problem {number}</legend>
      <div className="grid grid-cols-[minmax(0,1fr)_6rem] gap-4 pr-10">
        <Field label="Title">
          {(control) => (
            <Input
              {...control}
              value={problem.title}
              onChange={(event) => onChange({ ...problem, title: event.target.value })}
              maxLength={200}
              autoComplete="off"
            />
          )}
        </Field>
        <Field label="Minutes">
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={240}
              value={problem.minutes ?? ""}
              onChange={(event) => onChange({ ...problem, minutes: Number(event.target.value) || null })}
            />
          )}
        </Field>
      </div>
      <Field label="What the candidate is told">
        {(control) => (
          <Textarea
            {...control}
            value={problem.statement}
            onChange={(event) => onChange({ ...problem, statement: event.target.value })}
            maxLength={4000}
          />
        )}
      </Field>
      <Field label="For interviewers only" hint="Hints in steps, and what a good answer has.">
        {(control) => (
          <Textarea
            {...control}
            value={problem.guidance}
            onChange={(event) => onChange({ ...problem, guidance: event.target.value })}
            maxLength={4000}
          />
        )}
      </Field>
      <Button
        variant="ghost"
        size="icon-sm"
        aria-label={`Remove problem ${number}`}
        className="absolute top-3 right-3 text-muted-foreground"
        onClick={onRemove}
      >
        <XIcon />
      </Button>
    </fieldset>
  );
}
