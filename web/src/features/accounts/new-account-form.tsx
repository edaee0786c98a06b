import { type FormEvent, useState } from "react";
import type { Problem } from "@/api/client";
import type { AcceptIn } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { fieldErrors } from "@/lib/field-errors";
import { NameField } from "./name-field";
import { NewPassword } from "./new-password";

interface NewAccountFormProps {
  email: string;
  problem: Problem | null;
  isBusy: boolean;
  onSubmit: (body: AcceptIn) => Promise<void>;
  onSubmitWithPasskey?: (name: string) => Promise<void>;
}

/** Name and password, or a passkey, of an account whose address is known. */
export function NewAccountForm({
  email,
  problem,
  isBusy,
  onSubmit,
  onSubmitWithPasskey,
}: NewAccountFormProps) {
  const [isByPasskey, setIsByPasskey] = useState(false);
  const errors = fieldErrors(problem);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = String(form.get("name")).trim();
    if (isByPasskey && onSubmitWithPasskey) void onSubmitWithPasskey(name);
    else void onSubmit({ name, password: String(form.get("password")) });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <input type="hidden" name="email" value={email} autoComplete="username" />
      <NameField error={errors.name} />
      {!isByPasskey && <NewPassword error={errors.password} />}
      {isByPasskey && (
        <p className="text-muted-foreground">
          Your browser asks for your fingerprint, face or device PIN next. There is no password to remember or
          to steal.
        </p>
      )}
      <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
        {isBusy ? "Joining…" : isByPasskey ? "Create account with a passkey" : "Create account and join"}
      </Button>
      {onSubmitWithPasskey && (
        <Button
          variant="link"
          className="h-auto justify-self-start p-0"
          onClick={() => setIsByPasskey(!isByPasskey)}
        >
          {isByPasskey ? "Choose a password instead" : "Use a passkey instead of a password"}
        </Button>
      )}
    </form>
  );
}
