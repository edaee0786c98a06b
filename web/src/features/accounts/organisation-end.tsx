import { useState } from "react";
import { useLive } from "@/api/live";
import { type Member, useSession } from "@/api/session";
import { Field } from "@/components/field";
import { toast, toastProblem } from "@/components/toaster";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { longDay, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";
import { SettingsCard } from "./settings-card";

/** Somebody else becomes an owner in one step with oneself becoming an admin. */
export function HandOver({ me }: { me: Member }) {
  const session = useSession();
  const [heir, setHeir] = useState("");
  const members = useLive("members.list", {});
  const others = (members.data ?? []).filter(({ user_id }) => user_id !== me.user.id);
  const chosen = others.find(({ id }) => String(id) === heir);
  const run = () =>
    void session
      .transferOwnership(Number(heir))
      .then(() => toast(`${chosen?.name} is an owner now`), toastProblem);
  return (
    <SettingsCard title="Hand over" says="Make somebody else the owner in your place; you stay as an admin.">
      {others.length === 0 ? (
        <p className="text-muted-foreground">Nobody else is a member yet.</p>
      ) : (
        <div className="flex flex-wrap gap-3">
          <Select value={heir} onValueChange={setHeir}>
            <SelectTrigger aria-label="New owner" className="min-w-56 flex-1">
              <SelectValue placeholder="Choose a member" />
            </SelectTrigger>
            <SelectContent>
              {others.map(({ id, name, email }) => (
                <SelectItem key={id} value={String(id)}>
                  <bdi>{name}</bdi> <span className="text-muted-foreground text-xs">{email}</span>
                </SelectItem>
              ))}
            </SelectContent>
          </Select>
          <ConfirmButton
            variant="outline"
            disabled={chosen === undefined}
            title={`Hand ${me.organisation.name} over to ${chosen?.name}?`}
            consequence="They can do everything then, and make you an owner again. You become an admin."
            act="Hand over"
            onConfirm={run}
          >
            Hand over…
          </ConfirmButton>
        </div>
      )}
    </SettingsCard>
  );
}

/** Erased only after some days, so that a mistake can be taken back. */
export function DeleteOrganisation({ me }: { me: Member }) {
  const session = useSession();
  const [typed, setTyped] = useState("");
  const { organisation } = me;
  if (organisation.delete_at) {
    return (
      <SettingsCard title="Delete the organisation">
        <Alert variant="destructive">
          <AlertTitle>
            {organisation.name} will be erased on {longDay(new Date(organisation.delete_at), ownTimeStyle())}
          </AlertTitle>
          <AlertDescription>
            <p>With all interviews, recordings and evaluations. Until then everything works as before.</p>
            <Button
              className="mt-3"
              onClick={() => void session.keepOrganisation().then(() => toast("It stays"), toastProblem)}
            >
              Keep the organisation
            </Button>
          </AlertDescription>
        </Alert>
      </SettingsCard>
    );
  }
  return (
    <SettingsCard
      title="Delete the organisation"
      says="All its interviews, recordings and evaluations are erased some days later. Until then you can take it back."
    >
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-56 flex-1">
          <Field label={`Type “${organisation.name}” to confirm`}>
            {(control) => (
              <Input
                {...control}
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </Field>
        </div>
        <Button
          variant="destructive"
          disabled={typed.trim() !== organisation.name}
          onClick={() => void session.deleteOrganisation(typed).catch(toastProblem)}
        >
          Delete
        </Button>
      </div>
    </SettingsCard>
  );
}
