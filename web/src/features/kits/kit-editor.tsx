import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { type Kit, type KitIn, useChangeKit, useCreateKit } from "@/api/kits";
import { useLive } from "@/api/live";
import { PageHeader } from "@/components/app-shell";
import { BackLink } from "@/components/back-link";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { Textarea } from "@/components/ui/textarea";
import { useTitle } from "@/hooks/use-title";
import { emptyKit, type KitDraft, kitBodyOf, kitDraftOf, whatIsMissing } from "./kit-draft";
import { ProblemFields } from "./problem-fields";
import { SkillFields } from "./skill-fields";

export function NewKitPage({ onSaved }: { onSaved: (kit: Kit) => void }) {
  useTitle("New kit");
  const create = useCreateKit();
  return (
    <>
      <PageHeader title="New kit" />
      <KitForm
        first={emptyKit()}
        save={(wanted) => create.mutateAsync(wanted).then(onSaved, () => {})}
        isSaving={create.isPending}
        error={create.error}
        act="Make this kit"
      />
    </>
  );
}

interface EditKitPageProps {
  kitId: string;
  /** The version whose content is begun with; the newest when it is not said. */
  from: number | undefined;
  onSaved: (kit: Kit) => void;
}

export function EditKitPage({ kitId, from, onSaved }: EditKitPageProps) {
  const kit = useLive("kits.get", { kit_id: kitId });
  useTitle("Edit kit");
  if (kit.problem) return <ProblemNotice problem={kit.problem} />;
  const newest = kit.data?.versions[0];
  if (!kit.data || !newest) return <Skeleton className="h-96 rounded-xl" />;
  const begun = kit.data.versions.find(({ number }) => number === from) ?? newest;
  return <Editing kit={kit.data} newest={newest.number} first={kitDraftOf(begun)} onSaved={onSaved} />;
}

function Editing(props: { kit: Kit; newest: number; first: KitDraft; onSaved: (kit: Kit) => void }) {
  const { kit, onSaved } = props;
  const change = useChangeKit(kit.id);
  // What somebody else saves meanwhile neither replaces what is being typed nor is overwritten by it.
  const [{ first, basedOn }] = useState({ first: props.first, basedOn: props.newest });
  return (
    <>
      <BackLink to="/kits/$id" params={{ id: kit.id }}>
        {first.name}
      </BackLink>
      <div className="mt-3">
        <PageHeader title="Edit kit" />
      </div>
      <KitForm
        first={first}
        save={(wanted) => change.mutateAsync({ ...wanted, based_on: basedOn }).then(onSaved, () => {})}
        isSaving={change.isPending}
        error={change.error}
        act="Save as a new version"
        kitId={kit.id}
      />
    </>
  );
}

interface KitFormProps {
  first: KitDraft;
  save: (wanted: KitIn) => Promise<void>;
  isSaving: boolean;
  error: Error | null;
  act: string;
  kitId?: string;
}

function KitForm({ first, save, isSaving, error, act, kitId }: KitFormProps) {
  const [draft, setDraft] = useState(first);
  const missing = whatIsMissing(draft);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void save(kitBodyOf(draft));
  };
  return (
    <form onSubmit={submit} className="grid max-w-3xl gap-8">
      <div className="grid gap-5">
        <Field label="Name">
          {(control) => (
            <Input
              {...control}
              value={draft.name}
              onChange={(event) => setDraft({ ...draft, name: event.target.value })}
              placeholder="Back-end engineer, coding round"
              maxLength={100}
              autoComplete="off"
              autoFocus={kitId === undefined}
            />
          )}
        </Field>
        <Field label="About it" aside="optional" hint="For colleagues: which role and round it is for.">
          {(control) => (
            <Textarea
              {...control}
              value={draft.description}
              onChange={(event) => setDraft({ ...draft, description: event.target.value })}
              maxLength={4000}
              className="min-h-16"
            />
          )}
        </Field>
      </div>
      <ProblemFields problems={draft.problems} onChange={(problems) => setDraft({ ...draft, problems })} />
      <SkillFields skills={draft.skills} onChange={(skills) => setDraft({ ...draft, skills })} />
      {error && <ProblemNotice problem={problemOf(error)} />}
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <Button type="submit" disabled={missing !== null || isSaving}>
          {isSaving ? "Saving…" : act}
        </Button>
        <Button asChild variant="ghost">
          {kitId ? (
            <Link to="/kits/$id" params={{ id: kitId }}>
              Cancel
            </Link>
          ) : (
            <Link to="/kits">Cancel</Link>
          )}
        </Button>
        <p role="status" className="text-[13px] text-muted-foreground">
          {missing ?? (kitId && "Interviews that have an older version keep it.")}
        </p>
      </div>
    </form>
  );
}
