import type { FormEvent } from "react";
import { useLive } from "@/api/live";
import { useSession } from "@/api/session";
import { Field } from "@/components/field";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { NewPassword } from "./new-password";
import { PasswordInput } from "./password-input";
import { SettingsCard } from "./settings-card";
import { useActing } from "./use-acting";

export function ChangePassword({ email }: { email: string }) {
  const session = useSession();
  const factors = useLive("factors.get", {});
  const hasPassword = factors.data?.has_password ?? true;
  const { errors, notice, isBusy, run } = useActing();
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const element = event.currentTarget;
    const form = new FormData(element);
    const current = hasPassword ? String(form.get("current")) : null;
    void run(async () => {
      await session.changePassword(current, String(form.get("password")));
      element.reset();
      toast(hasPassword ? "Your password is changed" : "You have a password now", {
        description: "All other sessions of yours have ended.",
      });
    });
  };
  return (
    <SettingsCard
      title="Password"
      says={
        hasPassword
          ? "Changing it ends your sessions on all other devices."
          : "You have none, and need none: a passkey or an e-mailed code signs you in."
      }
    >
      <form onSubmit={submit} className="grid gap-5">
        {notice}
        <input type="hidden" value={email} autoComplete="username" />
        {hasPassword && (
          <Field label="Current password" error={errors.current_password}>
            {(control) => (
              <PasswordInput {...control} name="current" autoComplete="current-password" required />
            )}
          </Field>
        )}
        <NewPassword label="New password" error={errors.new_password} />
        <div>
          <Button type="submit" disabled={isBusy}>
            {isBusy ? "Saving…" : hasPassword ? "Change password" : "Set a password"}
          </Button>
        </div>
      </form>
    </SettingsCard>
  );
}
