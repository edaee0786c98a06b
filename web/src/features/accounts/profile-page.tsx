import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { type Member, useSession } from "@/api/session";
import { Field } from "@/components/field";
import { PersonAvatar } from "@/components/person-avatar";
import { usePictureOf } from "@/components/pictures";
import { ProblemNotice } from "@/components/problem-notice";
import { toast } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { type ThemeChoice, useChooseTheme, useTheme } from "@/hooks/use-theme";
import { useTitle } from "@/hooks/use-title";
import { fieldErrors } from "@/lib/field-errors";
import { Addresses } from "./addresses";
import { CalendarFeedField } from "./calendar-feed";
import { DeleteAccount } from "./delete-account";
import { LanguageField } from "./language-field";
import { MailChoicesCard } from "./mail-choices";
import { PictureField } from "./picture-field";
import { SettingsCard } from "./settings-card";
import { TimeZoneField } from "./time-zone-field";

export function ProfilePage({ me }: { me: Member }) {
  useTitle("Profile");
  return (
    <div className="grid max-w-2xl gap-8">
      <SettingsCard
        title="You"
        says="How colleagues and candidates see you. Candidates see your name, not your picture."
      >
        <ProfileForm me={me} />
      </SettingsCard>
      <Addresses />
      <SettingsCard
        title="Calendar"
        says="All interviews that you hold or watch. Whoever knows the address can read them."
      >
        <CalendarFeedField />
      </SettingsCard>
      <MailChoicesCard me={me} />
      <SettingsCard title="Colours" says="On every device that you sign in on. The room opens dark.">
        <ThemeChoiceField />
      </SettingsCard>
      <SettingsCard
        title="Delete your account"
        says="You are signed out everywhere, and your name is taken off what you did."
      >
        <DeleteAccount email={me.user.email} />
      </SettingsCard>
    </div>
  );
}

function ProfileForm({ me }: { me: Member }) {
  const session = useSession();
  const [name, setName] = useState(me.user.name);
  const [zone, setZone] = useState(me.user.time_zone);
  const [language, setLanguage] = useState(me.user.language);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const errors = fieldErrors(problem);
  const wanted = { name: name.trim(), time_zone: zone.trim(), language };
  const isChanged =
    wanted.name !== me.user.name || wanted.time_zone !== me.user.time_zone || language !== me.user.language;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setProblem(null);
    setIsBusy(true);
    await session.changeProfile(wanted).then(
      () => toast("Saved"),
      (error) => setProblem(problemOf(error)),
    );
    setIsBusy(false);
  };
  return (
    <form onSubmit={submit} className="grid gap-5">
      {problem && Object.keys(errors).length === 0 && <ProblemNotice problem={problem} />}
      <PictureField kind="picture" hasOne={usePictureOf(me.user.id) !== undefined}>
        <PersonAvatar name={name || null} userId={me.user.id} className="size-16 text-xl" />
        <div className="min-w-48 flex-1">
          <p className="break-words font-medium">{me.user.name}</p>
          <p className="break-all text-muted-foreground">{me.user.email}</p>
        </div>
      </PictureField>
      <Field label="Name" error={errors.name}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            autoComplete="name"
            maxLength={100}
            required
          />
        )}
      </Field>
      <TimeZoneField
        value={zone}
        onChange={setZone}
        hint="Of the times in your settings."
        error={errors.time_zone}
      />
      <LanguageField value={language} onChange={setLanguage} error={errors.language} />
      <div>
        <Button type="submit" disabled={isBusy || !isChanged || name.trim() === ""}>
          {isBusy ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function ThemeChoiceField() {
  const theme = useTheme();
  const choose = useChooseTheme();
  return (
    <ToggleGroup
      type="single"
      value={theme}
      onValueChange={(value) => value && choose(value as ThemeChoice)}
      aria-label="Colours"
    >
      <ToggleGroupItem value="light">Light</ToggleGroupItem>
      <ToggleGroupItem value="dark">Dark</ToggleGroupItem>
      <ToggleGroupItem value="system">As the system</ToggleGroupItem>
    </ToggleGroup>
  );
}
