import { Link } from "@tanstack/react-router";
import { KeyRoundIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { canUsePasskeys } from "@/api/passkeys";
import { type SignedIn, useMe, useSession } from "@/api/session";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { TextLink } from "@/components/text-link";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";
import { cn } from "@/lib/cn";
import { AuthLayout } from "./auth-layout";
import { DeleteAccount } from "./delete-account";
import { EmailField } from "./email-field";
import { PasswordInput } from "./password-input";
import { ProviderButtons, ProviderRefusal } from "./provider-buttons";
import { RememberMe } from "./remember-me";
import { useOfferedPasskey } from "./use-offered-passkey";

interface SignInPageProps {
  hasOwner: boolean;
  /** The page that the person wanted and has to sign in for. */
  next: string | undefined;
  /** Why an identity provider's answer did not sign in. */
  refusal: string | undefined;
  onSignedIn: (signedIn: SignedIn) => Promise<void>;
}

export function SignInPage({ hasOwner, next, refusal, onSignedIn }: SignInPageProps) {
  useTitle("Sign in");
  const session = useSession();
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [isRemembered, setIsRemembered] = useState(true);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setProblem(null);
    setIsBusy(true);
    try {
      const [email, password] = [String(form.get("email")).trim(), String(form.get("password"))];
      await onSignedIn(await session.signIn(email, password, isRemembered));
    } catch (error) {
      setProblem(problemOf(error));
      setIsBusy(false);
    }
  };
  const [round, setRound] = useState(0);
  const hasPasskeys = canUsePasskeys(me.public_url);
  useOfferedPasskey({
    isPossible: hasPasskeys && me.user === null,
    isRemembered,
    round,
    onSignedIn: () => onSignedIn("in"),
    onProblem: setProblem,
  });
  if (me.user) return <NoOrganisation email={me.user.email} isOpen={me.is_open_to_domains} />;
  return (
    <AuthLayout
      title="Sign in"
      lead={next ? "Sign in, and the page you wanted opens." : "For interviewers and recruiters."}
    >
      <form onSubmit={submit} className="grid gap-5">
        {problem && <ProblemNotice problem={problem} />}
        {refusal && !problem && <ProviderRefusal code={refusal} />}
        <EmailField autoFocus autoComplete="username webauthn" />
        <Field label="Password">
          {(control) => (
            <PasswordInput {...control} name="password" autoComplete="current-password" required />
          )}
        </Field>
        <RememberMe isChecked={isRemembered} onChange={setIsRemembered} />
        <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </Button>
      </form>
      {hasPasskeys && (
        <PasskeySignIn
          isRemembered={isRemembered}
          onSignedIn={() => onSignedIn("in")}
          onProblem={(told) => {
            setProblem(told);
            if (told) setRound(round + 1);
          }}
        />
      )}
      <div className="mt-5 flex flex-wrap justify-between gap-x-4 gap-y-2">
        <Button asChild variant="link" className="h-auto p-0">
          <Link to="/sign-in/code" search={(before) => before}>
            Sign in by e-mailed code
          </Link>
        </Button>
        <Button asChild variant="link" className="h-auto p-0">
          <Link to="/reset-password">Forgotten the password?</Link>
        </Button>
      </div>
      <ProviderButtons next={next} isRemembered={isRemembered} />
      {me.is_open_to_domains && (
        <p className="mt-8 border-t pt-6 text-muted-foreground">
          No account yet, but an address of an organisation that is here?{" "}
          <TextLink to="/sign-up">Join it</TextLink>
        </p>
      )}
      <p className={cn("text-muted-foreground", me.is_open_to_domains ? "mt-4" : "mt-8 border-t pt-6")}>
        {hasOwner
          ? "Invited as a candidate? You need no account: open the link from your invitation."
          : "This installation has no account yet. Open the owner link that the server printed when it started."}
      </p>
    </AuthLayout>
  );
}

function PasskeySignIn({ isRemembered, onSignedIn, onProblem }: PasskeySignInProps) {
  const session = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const run = async () => {
    onProblem(null);
    setIsBusy(true);
    try {
      await session.signInByPasskey(isRemembered);
      await onSignedIn();
    } catch (error) {
      onProblem(problemOf(error));
      setIsBusy(false);
    }
  };
  return (
    <Button
      variant="outline"
      size="xl"
      className="mt-3 h-11 w-full"
      disabled={isBusy}
      onClick={() => void run()}
    >
      <KeyRoundIcon />
      Sign in with a passkey
    </Button>
  );
}

interface PasskeySignInProps {
  isRemembered: boolean;
  onSignedIn: () => Promise<void>;
  onProblem: (problem: Problem | null) => void;
}

/** Signed in, but removed from the last organisation or gone from it: there is nothing to show. */
function NoOrganisation({ email, isOpen }: { email: string; isOpen: boolean }) {
  const session = useSession();
  return (
    <AuthLayout
      title="You belong to no organisation"
      lead={
        <>
          You are signed in as <span className="break-all text-foreground">{email}</span>. To go on, open the
          invitation that an owner or admin sends you.
        </>
      }
    >
      {isOpen && (
        <Button asChild size="xl" className="mb-3 h-11 w-full">
          <Link to="/sign-up">Join by my address</Link>
        </Button>
      )}
      <Button variant="outline" size="xl" className="h-11 w-full" onClick={() => void session.signOut()}>
        Sign out
      </Button>
      <p className="mt-6 border-t pt-6">
        <DeleteAccount email={email} />
      </p>
    </AuthLayout>
  );
}
