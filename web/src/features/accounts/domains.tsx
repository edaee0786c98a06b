import { CircleAlertIcon, GlobeIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { problemOf } from "@/api/client";
import { useAddDomain, useRemoveDomain, useVerifyDomain } from "@/api/domains";
import { useLive } from "@/api/live";
import type { Domain } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Skeleton } from "@/components/ui/skeleton";
import { fieldErrors } from "@/lib/field-errors";
import { longDay, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";
import { SettingsCard } from "./settings-card";

/** Domains of e-mail addresses: who has one joins by themselves, once the DNS shows whose the domain is. */
export function Domains({ address }: { address: string }) {
  const domains = useLive("domains.list", {});
  return (
    <SettingsCard
      title="Domains"
      says="Whoever shows an address of your domain joins as an interviewer, without an invitation."
    >
      <div className="grid gap-5">
        {domains.problem && <ProblemNotice problem={domains.problem} />}
        {domains.isPending && <Skeleton className="h-14 rounded-xl" />}
        {domains.data && domains.data.length > 0 && (
          <ul className="divide-y overflow-hidden rounded-lg border" aria-label="Domains">
            {domains.data.map((domain) => (
              <DomainRow key={domain.id} domain={domain} address={address} />
            ))}
          </ul>
        )}
        <AddDomain />
      </div>
    </SettingsCard>
  );
}

function AddDomain() {
  const add = useAddDomain();
  const [name, setName] = useState("");
  const problem = add.error ? problemOf(add.error) : null;
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // The form shows what the mutation failed of.
    add.mutateAsync(name.trim()).then(
      () => setName(""),
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-3">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <Field label="Domain" error={errors.name}>
            {(control) => (
              <Input
                {...control}
                value={name}
                onChange={(event) => setName(event.target.value)}
                placeholder="example.org"
                autoCapitalize="none"
                spellCheck={false}
                maxLength={253}
                required
              />
            )}
          </Field>
        </div>
        <Button
          type="submit"
          variant="outline"
          className="mt-7"
          disabled={add.isPending || name.trim() === ""}
        >
          Add
        </Button>
      </div>
    </form>
  );
}

function DomainRow({ domain, address }: { domain: Domain; address: string }) {
  const remove = useRemoveDomain(domain.id);
  const isVerified = domain.verified_at !== null;
  const isMissing = isVerified && domain.missing_since !== null;
  return (
    <li className="grid gap-3 p-4">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <GlobeIcon className="size-4 shrink-0 text-muted-foreground" aria-hidden="true" />
        <p className="min-w-40 flex-1 break-all font-medium">{domain.name}</p>
        {isMissing ? (
          <Badge variant="warning">Record gone</Badge>
        ) : (
          <Badge variant={isVerified ? "live" : "secondary"}>{isVerified ? "Verified" : "To verify"}</Badge>
        )}
        <ConfirmButton
          variant="ghost"
          size="sm"
          aria-label={`Remove ${domain.name}`}
          title={`Remove ${domain.name}?`}
          consequence="Nobody joins by it any more. Who has joined stays."
          act="Remove"
          disabled={remove.isPending}
          onConfirm={() =>
            void remove.mutateAsync().then(() => toast(`${domain.name} was removed`), toastProblem)
          }
        >
          Remove
        </ConfirmButton>
      </div>
      {isMissing && domain.missing_since && (
        <p className="flex gap-2 text-[13px]">
          <CircleAlertIcon className="mt-0.5 size-4 shrink-0 text-warning" aria-hidden="true" />
          The record has not been found since {longDay(new Date(domain.missing_since), ownTimeStyle())}. Set
          it again, or people soon stop joining.
        </p>
      )}
      {isVerified && !isMissing && (
        <p className="break-words text-[13px] text-muted-foreground">
          People sign up at <span className="break-all text-foreground">{address}/sign-up</span>. Leave the
          record where it is: it is looked for every day.
        </p>
      )}
      {(!isVerified || isMissing) && <RecordToSet domain={domain} />}
    </li>
  );
}

function RecordToSet({ domain }: { domain: Domain }) {
  const verify = useVerifyDomain(domain.id);
  // Shown below the button; a dialog asks for a sign-in by itself.
  const run = () =>
    verify.mutateAsync().then(
      () => toast(`${domain.name} is verified`),
      () => {},
    );
  const problem = verify.error ? problemOf(verify.error) : null;
  return (
    <div className="grid gap-3">
      <p className="text-[13px] text-muted-foreground">
        Set this TXT record where the domain's DNS is looked after, then verify it.
      </p>
      <dl className="grid gap-2 text-[13px]">
        <Part label="Name" text={domain.record_name} />
        <Part label="Value" text={domain.record_value} />
      </dl>
      {problem && problem.type !== "recent-sign-in-needed" && <ProblemNotice problem={problem} />}
      <div>
        <Button size="sm" disabled={verify.isPending} onClick={() => void run()}>
          {verify.isPending ? "Looking…" : "Verify"}
        </Button>
      </div>
    </div>
  );
}

function Part({ label, text }: { label: string; text: string }) {
  return (
    <div className="grid grid-cols-[3.5rem_minmax(0,1fr)_auto] items-center gap-2">
      <dt className="text-muted-foreground">{label}</dt>
      <dd className="break-all rounded-md bg-muted px-2 py-1.5 font-mono text-xs">{text}</dd>
      <CopyButton text={text} label="Copy" variant="ghost" size="sm" />
    </div>
  );
}
