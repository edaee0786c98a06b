import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { useSession } from "@/api/session";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/problem-notice";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { fieldErrors } from "@/lib/field-errors";
import { NewPassword } from "./new-password";
import { PasswordInput } from "./password-input";
import { SettingsCard } from "./settings-card";

export function ChangePassword({ email }: { email: string }) {
  const session = useSession();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const errors = fieldErrors(problem);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    setProblem(null);
    setIsBusy(true);
    await session.changePassword(String(form.get("current")), String(form.get("password"))).then(
      () => {
        element.reset();
        toast("Your password is changed", { description: "All other sessions of yours have ended." });
      },
      (error) => setProblem(problemOf(error)),
    );
    setIsBusy(false);
  };
  return (
    <SettingsCard title="Password" says="Changing it ends your sessions on all other devices.">
      <form onSubmit={submit} className="grid gap-5">
        {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
        <input type="hidden" value={email} autoComplete="username" />
        <Field label="Current password" error={errors.current_password}>
          {(control) => (
            <PasswordInput {...control} name="current" autoComplete="current-password" required />
          )}
        </Field>
        <NewPassword label="New password" error={errors.new_password} />
        <div>
          <Button type="submit" disabled={isBusy}>
            {isBusy ? "Changing…" : "Change password"}
          </Button>
        </div>
      </form>
    </SettingsCard>
  );
}
