import { type FormEvent, useEffect, useRef, useState } from "react";
import { whenConfirmationNeeded } from "@/api/client";
import { confirmBy, sendConfirmationCode, type Way } from "@/api/confirming";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent, DialogDescription, DialogHeader, DialogTitle } from "@/components/ui/dialog";
import { CodeInput } from "./code-input";
import { PasswordInput } from "./password-input";
import { useActing } from "./use-acting";

interface Asked {
  ways: Way[];
  email: string;
  answer: (isConfirmed: boolean) => void;
}

/**
 * Opens by itself whenever the server wants a recent sign-in for what was just pressed. Once the person has confirmed
 * that it is them, what they pressed is done; when they close it, nothing is.
 */
export function ConfirmIdentityDialog() {
  const [asked, setAsked] = useState<Asked | null>(null);
  const running = useRef<Promise<boolean>>(undefined);
  useEffect(() => {
    whenConfirmationNeeded((problem) => {
      running.current ??= new Promise<boolean>((answer) => {
        const { ways, email } = problem.extra as { ways: Way[]; email: string };
        setAsked({ ways, email, answer });
      }).finally(() => {
        running.current = undefined;
        setAsked(null);
      });
      return running.current;
    });
  }, []);
  return (
    <Dialog open={asked !== null} onOpenChange={(isOpen) => !isOpen && asked?.answer(false)}>
      <DialogContent>
        <DialogHeader>
          <DialogTitle>Confirm that it is you</DialogTitle>
          <DialogDescription>
            You signed in a while ago, and this needs a fresh look. It then holds for some minutes.
          </DialogDescription>
        </DialogHeader>
        {asked && <Ways {...asked} />}
      </DialogContent>
    </Dialog>
  );
}

const others: Record<Way, string> = {
  passkey: "Use a passkey",
  totp: "Use the authenticator app",
  "recovery-code": "Use a recovery code",
  password: "Use the password",
  "email-code": "Use an e-mailed code",
};

function Ways({ ways, email, answer }: Asked) {
  const [way, setWay] = useState(ways[0]);
  if (way === undefined) return null;
  return (
    <div className="grid gap-4">
      <WayForm key={way} way={way} email={email} onConfirmed={() => answer(true)} />
      {ways.length > 1 && (
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          {ways
            .filter((each) => each !== way)
            .map((each) => (
              <Button key={each} variant="link" className="h-auto p-0" onClick={() => setWay(each)}>
                {others[each]}
              </Button>
            ))}
        </p>
      )}
    </div>
  );
}

const labels: Record<Exclude<Way, "passkey">, string> = {
  totp: "Code from the authenticator app",
  "recovery-code": "Recovery code",
  password: "Password",
  "email-code": "Code from the e-mail",
};

interface WayFormProps {
  way: Way;
  email: string;
  onConfirmed: () => void;
}

function WayForm({ way, email, onConfirmed }: WayFormProps) {
  const { problem, errors, isBusy, run } = useActing();
  // biome-ignore lint/correctness/useExhaustiveDependencies: one code for each way that is chosen
  useEffect(() => {
    if (way === "email-code") void run(sendConfirmationCode);
  }, [way]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const typed = way === "password" ? String(form.get("password")) : String(form.get("code") ?? "").trim();
    void run(async () => {
      await confirmBy(way, typed);
      onConfirmed();
    });
  };
  const error = errors.password ?? errors.code;
  return (
    <form onSubmit={submit} className="grid gap-4">
      {problem && !error && <ProblemNotice problem={problem} />}
      <input type="hidden" value={email} autoComplete="username" />
      {way === "passkey" ? (
        <p className="text-muted-foreground">Your browser asks for it next.</p>
      ) : way === "password" ? (
        <Field label={labels[way]} error={error}>
          {(control) => (
            <PasswordInput {...control} name="password" autoComplete="current-password" required autoFocus />
          )}
        </Field>
      ) : (
        <Field
          label={labels[way]}
          hint={way === "email-code" ? `It went to ${email} and works for ten minutes.` : undefined}
          error={error}
        >
          {(control) => <CodeInput {...control} autoFocus />}
        </Field>
      )}
      <Button type="submit" size="lg" disabled={isBusy}>
        {isBusy ? "Confirming…" : way === "passkey" ? "Confirm with a passkey" : "Confirm"}
      </Button>
    </form>
  );
}
