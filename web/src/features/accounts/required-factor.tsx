import { useId } from "react";
import { type Member, useSession } from "@/api/session";
import { TextLink } from "@/components/text-link";
import { toast } from "@/components/toaster";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import { SettingsCard } from "./settings-card";
import { useActing } from "./use-acting";

/** An owner's rule that every member signs in with a second step. */
export function RequiredFactor({ me }: { me: Member }) {
  const id = useId();
  const session = useSession();
  const { problem, notice, isBusy, run } = useActing();
  const change = (isRequired: boolean) =>
    run(async () => {
      await session.changeOrganisation({ requires_second_factor: isRequired });
      toast(isRequired ? "A second step is needed from now on" : "A second step is everybody's own choice");
    });
  return (
    <SettingsCard
      title="Two-step verification"
      says="With an authenticator app or a passkey, a stolen password lets nobody in."
    >
      <div className="grid gap-4">
        {notice}
        {problem?.type === "second-factor-first" && (
          <TextLink to="/settings/security">Set one up under Security</TextLink>
        )}
        <div className="flex items-start justify-between gap-6">
          <div className="grid gap-1">
            <Label htmlFor={id}>Every member needs a second step</Label>
            <p id={`${id}-note`} className="text-[13px] text-muted-foreground">
              Who has none yet is led to setting one up, and sees nothing of {me.organisation.name} before.
              They leave running calls.
            </p>
          </div>
          <Switch
            id={id}
            aria-describedby={`${id}-note`}
            checked={me.organisation.requires_second_factor}
            disabled={isBusy}
            onCheckedChange={(checked) => void change(checked)}
          />
        </div>
      </div>
    </SettingsCard>
  );
}
