import { Building2Icon } from "lucide-react";
import { useState } from "react";
import type { Member } from "@/api/session";
import { EmptyState } from "@/components/empty-state";
import { Field } from "@/components/field";
import { OrganisationLogo } from "@/components/organisation-logo";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";
import { useTitle } from "@/hooks/use-title";
import { Domains } from "./domains";
import { DeleteOrganisation, HandOver } from "./organisation-end";
import { PictureField } from "./picture-field";
import { RequiredFactor } from "./required-factor";
import { Retention } from "./retention";
import { SettingsCard } from "./settings-card";
import { TimeZoneField } from "./time-zone-field";
import { numberOf, textOf, useSaving } from "./use-saving";

export function OrganisationPage({ me }: { me: Member }) {
  useTitle("Organisation");
  if (me.role === "interviewer") {
    return (
      <EmptyState icon={Building2Icon} title={me.organisation.name}>
        Owners and admins change its settings.
      </EmptyState>
    );
  }
  const { organisation } = me;
  return (
    <div className="grid max-w-2xl gap-8">
      <SettingsCard title="Organisation" says="Candidates see name and logo when they open their link.">
        <OrganisationForm me={me} />
      </SettingsCard>
      <SettingsCard
        title="Sessions"
        says="When members have to sign in again. Whoever is in several organisations follows the strictest."
      >
        <SessionLimits key={`${organisation.session_idle_hours} ${organisation.session_days}`} me={me} />
      </SettingsCard>
      <Domains address={me.public_url} />
      <SettingsCard
        title="How long things are kept"
        says="What is older is erased at night, for good. Owners and admins see here what goes next."
      >
        <Retention key={`${organisation.recording_days} ${organisation.candidate_days}`} me={me} />
      </SettingsCard>
      {me.role === "owner" && <RequiredFactor me={me} />}
      {me.role === "owner" && <HandOver me={me} />}
      {me.role === "owner" && <DeleteOrganisation me={me} />}
    </div>
  );
}

function OrganisationForm({ me }: { me: Member }) {
  const { save, isBusy, errors, notice } = useSaving();
  const [name, setName] = useState(me.organisation.name);
  const [zone, setZone] = useState(me.organisation.time_zone);
  const isChanged = name.trim() !== me.organisation.name || zone.trim() !== me.organisation.time_zone;
  return (
    <form
      onSubmit={(event) => void save(event, { name: name.trim(), time_zone: zone.trim() })}
      className="grid gap-5"
    >
      {notice}
      <PictureField kind="logo" hasOne={me.organisation.logo_url !== null}>
        <OrganisationLogo
          name={me.organisation.name}
          url={me.organisation.logo_url}
          className="size-14 rounded-xl text-xl"
        />
      </PictureField>
      <Field label="Name" error={errors.name}>
        {(control) => (
          <Input
            {...control}
            value={name}
            onChange={(event) => setName(event.target.value)}
            maxLength={100}
            required
          />
        )}
      </Field>
      <TimeZoneField
        value={zone}
        onChange={setZone}
        hint="Of interviews that are planned without one, by the API."
        emptyHint="Left empty, interviews that the API plans without one are in UTC."
        error={errors.time_zone}
      />
      <div>
        <Button type="submit" disabled={isBusy || !isChanged || name.trim() === ""}>
          {isBusy ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}

function SessionLimits({ me }: { me: Member }) {
  const { save, isBusy, errors, notice } = useSaving();
  const saved = {
    idle: textOf(me.organisation.session_idle_hours),
    days: textOf(me.organisation.session_days),
  };
  const [idle, setIdle] = useState(saved.idle);
  const [days, setDays] = useState(saved.days);
  const wanted = { session_idle_hours: numberOf(idle), session_days: numberOf(days) };
  return (
    <form onSubmit={(event) => void save(event, wanted)} className="grid gap-5">
      {notice}
      <div className="grid gap-5 sm:grid-cols-2">
        <Field label="Hours without use" aside="empty: no limit" error={errors.session_idle_hours}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={4}
              max={8760}
              value={idle}
              onChange={(event) => setIdle(event.target.value)}
            />
          )}
        </Field>
        <Field label="Days at most" aside="empty: no limit" error={errors.session_days}>
          {(control) => (
            <Input
              {...control}
              type="number"
              min={1}
              max={365}
              value={days}
              onChange={(event) => setDays(event.target.value)}
            />
          )}
        </Field>
      </div>
      <div>
        <Button type="submit" disabled={isBusy || (idle === saved.idle && days === saved.days)}>
          {isBusy ? "Saving…" : "Save"}
        </Button>
      </div>
    </form>
  );
}
