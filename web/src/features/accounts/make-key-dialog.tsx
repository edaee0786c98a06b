import { PlusIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { useMakeApiKey } from "@/api/api-keys";
import { problemOf } from "@/api/client";
import type { Member } from "@/api/session";
import type { Role } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
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
  DialogTrigger,
} from "@/components/ui/dialog";
import { Input } from "@/components/ui/input";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { RoleSelect } from "./role-select";
import { rolesToGive } from "./roles";
import { areas, type Reach, scopesOf } from "./scopes";

const lives = [
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "1 year" },
];

export function MakeKeyDialog({ me }: { me: Member }) {
  const [isOpen, setIsOpen] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const show = (next: boolean) => {
    setIsOpen(next);
    if (!next) setToken(null);
  };
  return (
    <Dialog open={isOpen} onOpenChange={show}>
      <DialogTrigger asChild>
        <Button>
          <PlusIcon />
          New key
        </Button>
      </DialogTrigger>
      {/* What is shown once must not be lost by a press beside it. */}
      <DialogContent
        className="max-h-[90dvh] overflow-y-auto sm:max-w-lg"
        onInteractOutside={(event) => token !== null && event.preventDefault()}
      >
        {token === null ? (
          <KeyForm me={me} onMade={setToken} close={() => show(false)} />
        ) : (
          <MadeKey token={token} close={() => show(false)} />
        )}
      </DialogContent>
    </Dialog>
  );
}

function MadeKey({ token, close }: { token: string; close: () => void }) {
  return (
    <>
      <DialogHeader>
        <DialogTitle>Copy the key now</DialogTitle>
        <DialogDescription>
          It is shown this once. Keep it where your program keeps its secrets; whoever has it can act in your
          name.
        </DialogDescription>
      </DialogHeader>
      <code
        data-testid="api-key"
        className="block select-all break-all rounded-lg border bg-muted p-3 font-mono text-[13px]"
      >
        {token}
      </code>
      <DialogFooter>
        <CopyButton text={token} label="Copy" variant="outline" />
        <Button onClick={close}>I have it</Button>
      </DialogFooter>
    </>
  );
}

function KeyForm({ me, onMade, close }: { me: Member; onMade: (token: string) => void; close: () => void }) {
  const make = useMakeApiKey();
  const [name, setName] = useState("");
  const [reaches, setReaches] = useState<Record<string, Reach>>({ interviews: "read" });
  const [days, setDays] = useState(90);
  const [isShared, setIsShared] = useState(false);
  const [role, setRole] = useState<Role>("interviewer");
  const scopes = scopesOf(reaches);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const owner = isShared ? { is_shared: true, role } : { is_shared: false };
    make.mutateAsync({ name: name.trim(), scopes, expires_in_days: days, ...owner }).then(
      ({ token }) => onMade(token),
      // The form shows what the mutation failed of.
      () => {},
    );
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      <DialogHeader>
        <DialogTitle>New API key</DialogTitle>
        <DialogDescription>For one program each, so that you can revoke it alone.</DialogDescription>
      </DialogHeader>
      {make.error && <ProblemNotice problem={problemOf(make.error)} />}
      <Field label="Name" hint="What uses it, such as “Careers page”.">
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={100}
            autoFocus
          />
        )}
      </Field>
      <Reaches reaches={reaches} onChange={setReaches} />
      <Field label="Expires in">
        {(control) => (
          <Select value={String(days)} onValueChange={(value) => setDays(Number(value))}>
            <SelectTrigger id={control.id}>
              <SelectValue />
            </SelectTrigger>
            <SelectContent>
              {lives.map((life) => (
                <SelectItem key={life.days} value={String(life.days)}>
                  {life.label}
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
        )}
      </Field>
      {me.role !== "interviewer" && (
        <Field
          label="Whose it is"
          hint={
            isShared ? "Owners and admins look after it. It ends when you leave." : "Yours, with your rights."
          }
        >
          {(control) => (
            <div className="flex flex-wrap gap-3">
              <ToggleGroup
                type="single"
                value={isShared ? "shared" : "own"}
                onValueChange={(value) => value && setIsShared(value === "shared")}
                aria-label="Whose it is"
              >
                <ToggleGroupItem value="own">Mine</ToggleGroupItem>
                <ToggleGroupItem value="shared">The organisation's</ToggleGroupItem>
              </ToggleGroup>
              {isShared && (
                <RoleSelect
                  id={control.id}
                  label="Its rights"
                  value={role}
                  roles={rolesToGive(me.role)}
                  onChange={setRole}
                />
              )}
            </div>
          )}
        </Field>
      )}
      <DialogFooter>
        <Button variant="outline" onClick={close}>
          Cancel
        </Button>
        <Button type="submit" disabled={make.isPending || name.trim() === "" || scopes.length === 0}>
          {make.isPending ? "Making…" : "Make key"}
        </Button>
      </DialogFooter>
    </form>
  );
}

function Reaches(props: {
  reaches: Record<string, Reach>;
  onChange: (reaches: Record<string, Reach>) => void;
}) {
  return (
    <fieldset>
      <legend className="mb-2 font-medium text-[13px]">What it may reach</legend>
      <div className="divide-y rounded-lg border">
        {areas.map(({ id, label, says }) => (
          <div key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-3 py-2">
            <div className="min-w-40 flex-1">
              <p>{label}</p>
              <p className="text-muted-foreground text-xs">{says}</p>
            </div>
            <ToggleGroup
              type="single"
              value={props.reaches[id] ?? "none"}
              onValueChange={(value) => value && props.onChange({ ...props.reaches, [id]: value as Reach })}
              aria-label={label}
            >
              <ToggleGroupItem value="none">None</ToggleGroupItem>
              <ToggleGroupItem value="read">Read</ToggleGroupItem>
              <ToggleGroupItem value="write">Write</ToggleGroupItem>
            </ToggleGroup>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
