import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { useSession } from "@/api/session";
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
import { fieldErrors } from "@/lib/field-errors";

/** Opens what says what goes and what stays, and has the address typed: it cannot be taken back. */
export function DeleteAccount({ email }: { email: string }) {
  return (
    <Dialog>
      <DialogTrigger asChild>
        <Button variant="outline" className="w-fit text-destructive">
          Delete my account…
        </Button>
      </DialogTrigger>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Delete your account?</DialogTitle>
          <DialogDescription>At once and for good. Nobody can bring it back.</DialogDescription>
        </DialogHeader>
        <WhatBecomes />
        <ConfirmForm email={email} />
      </DialogContent>
    </Dialog>
  );
}

function WhatBecomes() {
  return (
    <dl className="grid gap-3 text-[13px]">
      <div>
        <dt className="font-medium">Goes</dt>
        <dd className="text-muted-foreground">
          Your name, addresses, password, passkeys and sessions, your API keys and calendar, private notes and
          scorecards that you have not submitted. Interviews to come lose you.
        </dd>
      </div>
      <div>
        <dt className="font-medium">Stays with the organisation</dt>
        <dd className="text-muted-foreground">
          Interviews, recordings, submitted scorecards, comments, decisions and messages, under the name
          “Former member”. The audit log keeps the name and address that you had.
        </dd>
      </div>
    </dl>
  );
}

function ConfirmForm({ email }: { email: string }) {
  const session = useSession();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const errors = fieldErrors(problem);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setIsBusy(true);
    try {
      // It stays busy: another page is on its way.
      await session.deleteAccount(typed.trim());
    } catch (error) {
      setProblem(problemOf(error));
      setIsBusy(false);
    }
  };
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <Field label={`Type ${email} to confirm`} error={errors.email}>
        {(control) => (
          <Input
            {...control}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        )}
      </Field>
      <DialogFooter>
        <Button
          type="submit"
          variant="destructive"
          disabled={isBusy || typed.trim().toLowerCase() !== email.toLowerCase()}
        >
          {isBusy ? "Deleting…" : "Delete my account"}
        </Button>
      </DialogFooter>
    </form>
  );
}
