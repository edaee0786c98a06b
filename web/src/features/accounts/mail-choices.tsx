import { useId, useState } from "react";
import { type Member, useSession } from "@/api/session";
import type { MailChoices } from "@/api/types";
import { toast, toastProblem } from "@/components/toaster";
import { Label } from "@/components/ui/label";
import { Switch } from "@/components/ui/switch";
import { SettingsCard } from "./settings-card";

const choices: { name: keyof MailChoices; label: string; note: string }[] = [
  {
    name: "interviews",
    label: "Interviews",
    note: "When one that you hold or watch is planned, moved or cancelled, with an entry for your calendar.",
  },
  { name: "reminders", label: "Reminders", note: "Before an interview that you hold begins." },
  { name: "scorecards", label: "Scorecards", note: "When yours is still missing a day after the interview." },
];

/** Which e-mails one gets; those on the safety of the account are no choice. */
export function MailChoicesCard({ me }: { me: Member }) {
  const session = useSession();
  const [isBusy, setIsBusy] = useState(false);
  const choose = async (changed: Partial<MailChoices>) => {
    setIsBusy(true);
    await session.chooseMails({ ...me.user.mails, ...changed }).then(() => toast("Saved"), toastProblem);
    setIsBusy(false);
  };
  return (
    <SettingsCard title="E-mails" says={`What is sent to ${me.user.email}.`}>
      <div className="grid gap-5">
        {choices.map(({ name, label, note }) => (
          <Choice
            key={name}
            label={label}
            note={note}
            isOn={me.user.mails[name]}
            isBusy={isBusy}
            onChange={(isOn) => void choose({ [name]: isOn })}
          />
        ))}
        <Choice
          label="Safety of your account"
          note="Codes, sign-ins from a new device, changes of your password or addresses. These always come."
          isOn
          isBusy
        />
      </div>
    </SettingsCard>
  );
}

interface ChoiceProps {
  label: string;
  note: string;
  isOn: boolean;
  isBusy: boolean;
  onChange?: (isOn: boolean) => void;
}

function Choice({ label, note, isOn, isBusy, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="flex items-start justify-between gap-6">
      <div className="grid gap-1">
        <Label htmlFor={id}>{label}</Label>
        <p id={`${id}-note`} className="text-[13px] text-muted-foreground">
          {note}
        </p>
      </div>
      <Switch
        id={id}
        aria-describedby={`${id}-note`}
        checked={isOn}
        disabled={isBusy}
        onCheckedChange={onChange}
      />
    </div>
  );
}
