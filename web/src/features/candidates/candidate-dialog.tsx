import { Link } from "@tanstack/react-router";
import { PlusIcon, Trash2Icon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Candidate, type CandidateIn, useChangeCandidate, useCreateCandidate } from "@/api/candidates";
import { type Problem, problemOf } from "@/api/client";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { fieldErrors } from "@/lib/field-errors";

interface CandidateDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** None for somebody new. */
  candidate?: Candidate;
  onSaved?: (candidate: Candidate) => void;
}

/** Somebody new, or what is known of somebody. */
export function CandidateDialog({ open, onOpenChange, candidate, onSaved }: CandidateDialogProps) {
  const close = () => onOpenChange(false);
  return (
    <Dialog open={open} onOpenChange={onOpenChange}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>{candidate ? "Edit candidate" : "New candidate"}</DialogTitle>
          <DialogDescription>
            {candidate
              ? "Interviews that are still to come follow, and invitations are sent again where the address changed."
              : "You can plan an interview with them afterwards."}
          </DialogDescription>
        </DialogHeader>
        <CandidateForm candidate={candidate} close={close} onSaved={onSaved} />
      </DialogContent>
    </Dialog>
  );
}

interface LinkDraft {
  key: number;
  name: string;
  url: string;
}

function CandidateForm(props: Pick<CandidateDialogProps, "candidate" | "onSaved"> & { close: () => void }) {
  const { candidate, close, onSaved } = props;
  const create = useCreateCandidate();
  const change = useChangeCandidate(candidate?.id ?? "");
  const save = candidate ? change : create;
  const [name, setName] = useState(candidate?.name ?? "");
  const [email, setEmail] = useState(candidate?.email ?? "");
  const [links, setLinks] = useState<LinkDraft[]>(() =>
    (candidate?.links ?? []).map((link, key) => ({ ...link, key })),
  );
  const problem = save.error ? problemOf(save.error) : null;
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wanted: CandidateIn = {
      name: name.trim(),
      email: email.trim() || null,
      links: links
        .filter(({ url }) => url.trim() !== "")
        .map((link) => ({ url: link.url.trim(), name: link.name.trim() || shortened(link.url) })),
    };
    // The form shows what the mutation failed of.
    void save.mutateAsync(wanted).then(
      (saved) => {
        close();
        onSaved?.(saved);
      },
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && Object.keys(errors).length === 0 && (
        <div className="grid gap-2">
          <ProblemNotice problem={problem} />
          <OpenOther problem={problem} close={close} />
        </div>
      )}
      <Field label="Name" error={errors.name}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={100}
            autoComplete="off"
          />
        )}
      </Field>
      <Field label="E-mail" aside="optional" error={errors.email}>
        {(control) => (
          <Input
            {...control}
            type="email"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
            maxLength={254}
            autoComplete="off"
          />
        )}
      </Field>
      <LinkFields links={links} onChange={setLinks} error={errors.url} />
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={save.isPending || name.trim() === ""}>
          {save.isPending ? "Saving…" : "Save"}
        </Button>
      </DialogFooter>
    </form>
  );
}

function shortened(url: string): string {
  return url.trim().replace(/^https?:\/\/(www\.)?/, "");
}

/** Where somebody else has the address already. */
function OpenOther({ problem, close }: { problem: Problem; close: () => void }) {
  const id = problem.extra.candidate_id;
  if (typeof id !== "string") return null;
  return (
    <Button asChild variant="outline" size="sm" className="justify-self-start">
      <Link to="/candidates/$id" params={{ id }} onClick={close}>
        Open that candidate
      </Link>
    </Button>
  );
}

function LinkFields(props: {
  links: LinkDraft[];
  onChange: (links: LinkDraft[]) => void;
  error: string | undefined;
}) {
  const { links, onChange } = props;
  const put = (key: number, part: Partial<LinkDraft>) =>
    onChange(links.map((link) => (link.key === key ? { ...link, ...part } : link)));
  const next = Math.max(-1, ...links.map(({ key }) => key)) + 1;
  return (
    <fieldset className="grid gap-2">
      <legend className="mb-2 font-medium">
        Links <span className="font-normal text-muted-foreground">optional</span>
      </legend>
      {links.map(({ key, name, url }) => (
        <div key={key} className="grid grid-cols-[1fr_2fr_auto] gap-2">
          <Input
            aria-label="Link name"
            placeholder="Code"
            value={name}
            onChange={(event) => put(key, { name: event.target.value })}
            maxLength={200}
          />
          <Input
            aria-label="Link address"
            type="url"
            placeholder="https://…"
            value={url}
            onChange={(event) => put(key, { url: event.target.value })}
            maxLength={2000}
          />
          <Button
            variant="ghost"
            size="icon"
            aria-label="Remove this link"
            onClick={() => onChange(links.filter((link) => link.key !== key))}
          >
            <Trash2Icon />
          </Button>
        </div>
      ))}
      {props.error && <p className="text-[13px] text-destructive">{props.error}</p>}
      <Button
        variant="outline"
        size="sm"
        className="justify-self-start"
        onClick={() => onChange([...links, { key: next, name: "", url: "" }])}
      >
        <PlusIcon />
        Add a link
      </Button>
    </fieldset>
  );
}
