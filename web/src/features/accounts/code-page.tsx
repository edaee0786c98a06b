import { type FormEvent, useEffect, useState } from "react";
import { requestCode, type SignedIn, useMe, useSession } from "@/api/session";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { TextLink } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { CodeInput } from "./code-input";
import { EmailField } from "./email-field";
import { NewPassword } from "./new-password";
import { RememberMe } from "./remember-me";
import { useActing } from "./use-acting";

type Kind = "sign-in" | "reset";

/** What a code was asked with. */
interface Asked {
  email: string;
  isRemembered: boolean;
}

const titles: Record<Kind, string> = { "sign-in": "Sign in by code", reset: "Choose a new password" };
const RESEND_AFTER_MS = 30_000;

/** Signing in, or a new password, by a code that comes by e-mail: first the address, then the code. */
export function CodePage({
  kind,
  onSignedIn,
}: {
  kind: Kind;
  onSignedIn: (signedIn: SignedIn) => Promise<void>;
}) {
  useTitle(titles[kind]);
  const me = useMe();
  const [asked, setAsked] = useState<Asked | null>(null);
  const logged = me.sends_mail ? "" : " No mail server is set up here: the code stands in the server's log.";
  return (
    <AuthLayout
      title={titles[kind]}
      lead={
        asked === null
          ? `We send a code to your e-mail address.${logged}`
          : `If ${asked.email} has an account here, a code is on its way. It works for ten minutes.${logged}`
      }
    >
      {asked === null ? (
        <AddressForm kind={kind} onAsked={setAsked} />
      ) : (
        <CodeForm kind={kind} asked={asked} onBack={() => setAsked(null)} onSignedIn={onSignedIn} />
      )}
      <p className="mt-8 border-t pt-6 text-muted-foreground">
        <TextLink to="/sign-in">Sign in with the password</TextLink>
      </p>
    </AuthLayout>
  );
}

function AddressForm({ kind, onAsked }: { kind: Kind; onAsked: (asked: Asked) => void }) {
  const { problem, isBusy, run } = useActing();
  const [isRemembered, setIsRemembered] = useState(true);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const email = String(new FormData(event.currentTarget).get("email")).trim();
    void run(async () => {
      await requestCode(kind, email, isRemembered);
      onAsked({ email, isRemembered });
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && <ProblemNotice problem={problem} />}
      <EmailField autoFocus />
      {kind === "sign-in" && <RememberMe isChecked={isRemembered} onChange={setIsRemembered} />}
      <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
        {isBusy ? "Sending…" : "Send the code"}
      </Button>
    </form>
  );
}

interface CodeFormProps {
  kind: Kind;
  asked: Asked;
  onBack: () => void;
  onSignedIn: (signedIn: SignedIn) => Promise<void>;
}

function CodeForm({ kind, asked, onBack, onSignedIn }: CodeFormProps) {
  const session = useSession();
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const code = String(form.get("code")).trim();
    void run(async () => {
      await onSignedIn(
        kind === "sign-in"
          ? await session.signInByCode(code)
          : await session.resetPassword(asked.email, code, String(form.get("password"))),
      );
    });
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {notice}
      <Field label="Code" error={errors.code ?? errors.key}>
        {(control) => <CodeInput {...control} autoFocus />}
      </Field>
      {kind === "reset" && <NewPassword label="New password" error={errors.password} />}
      <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
        {isBusy ? "Signing in…" : kind === "reset" ? "Save and sign in" : "Sign in"}
      </Button>
      <div className="flex flex-wrap justify-between gap-2">
        <Button variant="ghost" onClick={onBack}>
          Another address
        </Button>
        <SendAgain kind={kind} asked={asked} run={run} isBusy={isBusy} />
      </div>
    </form>
  );
}

interface SendAgainProps extends Pick<ReturnType<typeof useActing>, "run" | "isBusy"> {
  kind: Kind;
  asked: Asked;
}

/** Offered after half a minute: most codes have come by then. */
function SendAgain({ kind, asked, run, isBusy }: SendAgainProps) {
  const [isTooSoon, setIsTooSoon] = useState(true);
  // The server counts from when it was asked, so the wait begins with its answer.
  useEffect(() => {
    if (!isTooSoon) return;
    const timer = window.setTimeout(() => setIsTooSoon(false), RESEND_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [isTooSoon]);
  const again = async () => {
    await requestCode(kind, asked.email, asked.isRemembered);
    setIsTooSoon(true);
  };
  return (
    <Button variant="ghost" onClick={() => void run(again)} disabled={isTooSoon || isBusy}>
      {isTooSoon ? "A new code in 30 s" : "Send a new code"}
    </Button>
  );
}
