/** What of the candidate may be recorded: a question in full sentences and three answers, none of them chosen beforehand. */
import type { RecordingQuestion, RecordingScope } from "@/api/types";
import { cn } from "@/lib/cn";

interface ConsentChoiceProps {
  question: RecordingQuestion;
  chosen: RecordingScope | null;
  onChoose: (scope: RecordingScope) => void;
}

export function ConsentChoice({ question, chosen, onChoose }: ConsentChoiceProps) {
  return (
    <fieldset className="space-y-2.5" data-testid="consent">
      <legend className="font-medium text-base">May you be recorded?</legend>
      <p className="text-muted-foreground text-sm leading-5">{question.question}</p>
      <div className="grid gap-1.5">
        {question.answers.map(({ scope, words }) => (
          <label
            key={scope}
            className={cn(
              "flex cursor-pointer items-center gap-3 rounded-lg border px-3 py-2.5 text-sm transition-colors",
              "has-focus-visible:outline-2 has-focus-visible:outline-ring",
              chosen === scope ? "border-primary bg-live-surface" : "hover:bg-accent",
            )}
          >
            <input
              type="radio"
              name="recording-scope"
              data-testid={`consent-${scope}`}
              className="size-4 shrink-0 accent-primary"
              checked={chosen === scope}
              onChange={() => onChoose(scope)}
            />
            {words}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
