import { Link } from "@tanstack/react-router";
import { KeyRoundIcon } from "lucide-react";
import { type FormEvent, useState } from "react";
import { canUsePasskeys } from "@/api/passkeys";
import type { PendingFactor } from "@/api/second-factors";
import { useMe, useSession } from "@/api/session";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { CodeInput } from "./code-input";
import { useActing } from "./use-acting";

interface SecondFactorPageProps {
  types: PendingFactor[];
  onSignedIn: () => Promise<void>;
}

/** The second step of signing in: a code of the authenticator app, a recovery code, or a passkey. */
export function SecondFactorPage({ types, onSignedIn }: SecondFactorPageProps) {
  useTitle("Second step");
  const me = useMe();
  const session = useSession();
  const hasPasskey = types.includes("webauthn") && canUsePasskeys(me.public_url);
  const [isRecovering, setIsRecovering] = useState(!types.includes("totp") && !hasPasskey);
  const { problem, errors, isBusy, run } = useActing();
  const enter = (code: string | null) =>
    run(async () => {
      await session.enterSecondFactor(code);
      await onSignedIn();
    });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    void enter(String(new FormData(event.currentTarget).get("code")).trim());
  };
  const takesCode = isRecovering || types.includes("totp");
  return (
    <AuthLayout title="One more step" lead={leadOf(isRecovering, types, hasPasskey)}>
      {problem && !errors.code && (
        <div className="mb-5">
          <ProblemNotice problem={problem} />
        </div>
      )}
      {takesCode && (
        <form key={String(isRecovering)} onSubmit={submit} className="grid gap-5">
          <Field label={isRecovering ? "Recovery code" : "Code"} error={errors.code}>
            {(control) => (
              <CodeInput
                {...control}
                inputMode="numeric"
                placeholder={isRecovering ? "1234 5678" : "123456"}
                autoFocus
              />
            )}
          </Field>
          <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
            {isBusy ? "Signing in…" : "Sign in"}
          </Button>
        </form>
      )}
      {hasPasskey && !isRecovering && (
        <Button
          variant={takesCode ? "outline" : "default"}
          size="xl"
          className="mt-3 h-11 w-full"
          disabled={isBusy}
          onClick={() => void enter(null)}
        >
          <KeyRoundIcon />
          Use a passkey
        </Button>
      )}
      <div className="mt-5 flex flex-wrap justify-between gap-x-4 gap-y-2">
        {types.includes("recovery_codes") && (types.includes("totp") || hasPasskey) && (
          <Button variant="link" className="h-auto p-0" onClick={() => setIsRecovering(!isRecovering)}>
            {!isRecovering
              ? "Use a recovery code"
              : types.includes("totp")
                ? "Use the authenticator app"
                : "Use a passkey"}
          </Button>
        )}
        <Button asChild variant="link" className="h-auto p-0">
          <Link to="/sign-in">Start again</Link>
        </Button>
      </div>
      <p className="mt-8 border-t pt-6 text-muted-foreground">
        Neither app, passkey nor recovery code at hand? Whoever runs this server can let you in again.
      </p>
    </AuthLayout>
  );
}

function leadOf(isRecovering: boolean, types: PendingFactor[], hasPasskey: boolean): string {
  if (isRecovering) return "Enter one of the recovery codes that you kept. Each works once.";
  if (types.includes("totp")) return "Enter the code that your authenticator app shows.";
  return hasPasskey ? "Confirm it with one of your passkeys." : "";
}
