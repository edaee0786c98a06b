import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { KeyRoundIcon } from "lucide-react";
import type { FormEvent } from "react";
import { problemOf } from "@/api/client";
import { useSession } from "@/api/session";
import { Field } from "@/components/field";
import { MessagePage } from "@/components/message-page";
import { RouteError } from "@/components/route-error";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { EmailField } from "./email-field";
import { NameField } from "./name-field";
import { NewPassword } from "./new-password";
import { useActing } from "./use-acting";

/** Where an owner link leads: the first account of an installation and its organisation. */
export function WelcomePage({ token, onDone }: { token: string; onDone: () => Promise<void> }) {
  useTitle("Welcome");
  const session = useSession();
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name)).trim();
    void run(async () => {
      await session.createOwner(token, {
        name: text("name"),
        email: text("email"),
        organisation: text("organisation"),
        password: String(form.get("password")),
      });
      await onDone();
    });
  };
  return (
    <AuthLayout
      title="Welcome"
      lead="Make your account. It owns this installation; you can invite others later."
    >
      <form onSubmit={submit} className="grid gap-5">
        {notice}
        <NameField error={errors.name} />
        <Field
          label="Organisation"
          hint="Candidates see it when they open their link."
          error={errors.organisation}
        >
          {(control) => (
            <Input
              {...control}
              name="organisation"
              autoComplete="organization"
              required
              maxLength={100}
              className="h-11 md:text-base"
            />
          )}
        </Field>
        <EmailField hint="You sign in with it." error={errors.email} />
        <NewPassword error={errors.password} />
        <Button type="submit" size="xl" className="h-11" disabled={isBusy}>
          {isBusy ? "Creating…" : "Create account"}
        </Button>
      </form>
    </AuthLayout>
  );
}

const linkProblems: Record<string, { title: string; text: string }> = {
  "link-unknown": {
    title: "This owner link is not known here",
    text: "It may be incomplete: copy all of what the server printed.",
  },
  "link-expired": {
    title: "This owner link has expired",
    text: "Owner links work for one hour.",
  },
  "link-used": {
    title: "This owner link has been used",
    text: "Each one works once. If the account is yours, sign in.",
  },
};

/** Said instead of the form when the link is no good. */
export function OwnerLinkProblem(props: ErrorComponentProps) {
  useTitle("Owner link");
  const known = linkProblems[problemOf(props.error).type];
  if (!known) return <RouteError {...props} />;
  return (
    <MessagePage
      icon={KeyRoundIcon}
      title={known.title}
      actions={
        <Button asChild size="lg">
          <Link to="/sign-in">Sign in</Link>
        </Button>
      }
    >
      <p>{known.text}</p>
      <p className="mt-2">
        To make a new one, run{" "}
        <code className="whitespace-nowrap rounded-md bg-secondary px-1.5 py-0.5 font-mono text-[0.9em] text-foreground">
          interview-stream createowner
        </code>{" "}
        on the server.
      </p>
    </MessagePage>
  );
}
