import { XIcon } from "lucide-react";
import { useDeferredValue } from "react";
import { useLive } from "@/api/live";
import { Field } from "@/components/field";
import { PersonAvatar } from "@/components/person-avatar";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import type { Draft } from "./draft";

const MOST = 4;

interface CandidateFieldsProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  errors: Record<string, string>;
}

/** Somebody new by name and address, or somebody known: they are offered while their name or address is typed. */
export function CandidateFields({ draft, onChange, errors }: CandidateFieldsProps) {
  const isKnown = draft.candidateId !== null;
  return (
    <div className="grid gap-3">
      <div className="grid gap-x-4 gap-y-5 sm:grid-cols-2">
        <Field label="Candidate's name" aside="optional" error={errors.candidate_name}>
          {(control) => (
            <Input
              {...control}
              value={draft.candidateName}
              onChange={(event) => onChange({ candidateName: event.target.value })}
              maxLength={100}
              autoComplete="off"
              readOnly={isKnown}
            />
          )}
        </Field>
        <Field label="E-mail" aside="optional" error={errors.candidate_email}>
          {(control) => (
            <Input
              {...control}
              type="email"
              value={draft.candidateEmail}
              onChange={(event) => onChange({ candidateEmail: event.target.value })}
              maxLength={254}
              autoComplete="off"
              readOnly={isKnown}
            />
          )}
        </Field>
      </div>
      {isKnown ? (
        <p className="flex items-center gap-2 text-[13px] text-muted-foreground">
          A candidate you know: this becomes their next interview.
          <Button
            variant="ghost"
            size="sm"
            onClick={() => onChange({ candidateId: null, candidateName: "", candidateEmail: "" })}
          >
            <XIcon />
            Somebody else
          </Button>
        </p>
      ) : (
        <KnownCandidates draft={draft} onChange={onChange} />
      )}
    </div>
  );
}

function KnownCandidates({ draft, onChange }: Omit<CandidateFieldsProps, "errors">) {
  const search = useDeferredValue(`${draft.candidateName} ${draft.candidateEmail}`.trim());
  const found = useLive("candidates.list", { text: search }, { enabled: search.length > 1 });
  const shown = (found.data?.items ?? []).slice(0, MOST);
  if (search.length < 2 || shown.length === 0) return null;
  return (
    <div className="grid gap-1.5">
      <p className="text-[13px] text-muted-foreground">Known already? Choose them.</p>
      <ul className="flex flex-wrap gap-2" aria-label="Known candidates">
        {shown.map(({ id, name, email }) => (
          <li key={id} className="min-w-0 max-w-full">
            <Button
              variant="outline"
              size="sm"
              className="max-w-full rounded-full pl-1"
              onClick={() =>
                onChange({ candidateId: id, candidateName: name ?? "", candidateEmail: email ?? "" })
              }
            >
              <PersonAvatar name={name} className="size-6 text-[10px]" />
              <bdi className="truncate">{name ?? email}</bdi>
              {name && email && <span className="truncate font-normal text-muted-foreground">{email}</span>}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
