import { type FormEvent, useState } from "react";
import { askToJoin, showAddress } from "@/api/domains";
import { useMe, useSession } from "@/api/session";
import type { AcceptIn, SignUp } from "@/api/types";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { TextLink } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { CodeInput } from "./code-input";
import { EmailField } from "./email-field";
import { NewAccountForm } from "./new-account-form";
import { useActing } from "./use-acting";

/** Joining one's organisation by one's address: the address, the code that went there, then the account. */
export function SignUpPage({ onDone }: { onDone: () => Promise<void> }) {
  useTitle("Join your organisation");
  const me = useMe();
  const session = useSession();
  const [email, setEmail] = useState<string | null>(null);
  const [shown, setShown] = useState<SignUp | null>(null);
  const logged = me.sends_mail ? "" : " No mail server is set up here: the code stands in the server's log.";
  if (shown !== null) return <MakeAccount shown={shown} onDone={onDone} />;
  const proceed = async (found: SignUp) => {
    if (!found.has_joined) return setShown(found);
    await session.switchOrganisation(found.organisation_id);
    await onDone();
  };
  return (
    <AuthLayout
      title="Join your organisation"
      lead={
        email === null
          ? `For organisations that let addresses of their domain join. We send a code to yours.${logged}`
          : `If addresses like ${email} join here, a code is on its way. It works for ten minutes.${logged}`
      }
    >
      {email === null ? (
        <AddressForm onAsked={setEmail} />
      ) : (
        <CodeForm onBack={() => setEmail(null)} onShown={proceed} />
      )}
      <p className="mt-8 border-t pt-6 text-muted-foreground">
        <TextLink to="/sign-in">I have an account</TextLink>
      </p>
    </AuthLayout>
  );
}

function AddressForm({ onAsked }: { onAsked: (email: string) => void }) {
  const { problem, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    void run(async () => {
      await askToJoin(email);
      onAsked(email);
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && <ProblemNotice problem={problem} />}
      <EmailField autoFocus />
      <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
        {isBusy ? "Sending…" : "Send the code"}
      </Button>
    </form>
  );
}

interface CodeFormProps {
  onBack: () => void;
  onShown: (shown: SignUp) => void | Promise<void>;
}

function CodeForm({ onBack, onShown }: CodeFormProps) {
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code")).trim();
    void run(async () => onShown(await showAddress(code)));
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {notice}
      <Field label="Code" error={errors.code}>
        {(control) => <CodeInput {...control} autoFocus />}
      </Field>
      <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
        {isBusy ? "Checking…" : "Go on"}
      </Button>
      <Button variant="ghost" className="justify-self-start" onClick={onBack}>
        Another address, or a new code
      </Button>
    </form>
  );
}

function MakeAccount({ shown, onDone }: { shown: SignUp; onDone: () => Promise<void> }) {
  const session = useSession();
  const { problem, isBusy, run } = useActing();
  const make = (body: AcceptIn) =>
    run(async () => {
      await session.signUp(body);
      await onDone();
    });
  return (
    <AuthLayout
      title={`Join ${shown.organisation_name}`}
      lead={`As an interviewer, with the address ${shown.email}.`}
    >
      <NewAccountForm email={shown.email} problem={problem} isBusy={isBusy} onSubmit={make} />
    </AuthLayout>
  );
}
