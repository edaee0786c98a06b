import type { ReactNode } from "react";
import type { Interview, InterviewKind } from "@/api/types";
import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";
import { Label } from "@/components/ui/label";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { Switch } from "@/components/ui/switch";
import { Textarea } from "@/components/ui/textarea";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { browserZone } from "@/lib/time";
import { CandidateFields } from "./candidate-fields";
import type { Draft } from "./draft";
import { InterviewersField } from "./interviewers-field";
import { KINDS } from "./kinds";
import { KitField } from "./kit-field";
import { ZoneField } from "./zone-field";

const LENGTHS = [30, 45, 60, 90];

interface InterviewFieldsProps {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  errors: Record<string, string>;
  /** Said under the date and time, such as a clash. */
  timeNote?: ReactNode;
  /** Whether it may be planned for no time at all, which is now. */
  hasNow: boolean;
  /** The version of a kit that it already has. */
  kit?: Interview["kit"];
}

/** What is to be said of an interview, for making and for changing one. */
export function InterviewFields({ draft, onChange, errors, timeNote, hasNow, kit }: InterviewFieldsProps) {
  return (
    <div className="grid gap-5">
      <Field label="Title" error={errors.title}>
        {(control) => (
          <Input
            {...control}
            value={draft.title}
            onChange={(event) => onChange({ title: event.target.value })}
            placeholder="Back-end engineer, system design"
            required
            maxLength={200}
            autoComplete="off"
            autoFocus
          />
        )}
      </Field>
      {hasNow && (
        <ToggleGroup
          type="single"
          value={draft.isNow ? "now" : "later"}
          onValueChange={(value) => value && onChange({ isNow: value === "now" })}
          aria-label="When"
          className="w-full"
        >
          <ToggleGroupItem value="later" className="flex-1">
            For a later time
          </ToggleGroupItem>
          <ToggleGroupItem value="now" className="flex-1">
            Right now
          </ToggleGroupItem>
        </ToggleGroup>
      )}
      {!draft.isNow && (
        <TimeFields draft={draft} onChange={onChange} error={errors.scheduled_for} note={timeNote} />
      )}
      <LengthField minutes={draft.minutes} onChange={(minutes) => onChange({ minutes })} />
      <KindField kind={draft.kind} onChange={(kind) => onChange({ kind })} />
      <KitField
        chosen={draft.kitId}
        has={kit}
        onChange={(chosen) => onChange({ kitId: chosen?.id ?? null })}
        error={errors.kit_id}
      />
      <InterviewersField
        chosen={draft.interviewerIds}
        onChange={(interviewerIds) => onChange({ interviewerIds })}
        error={errors.interviewer_ids}
      />
      <CandidateFields draft={draft} onChange={onChange} errors={errors} />
      <ZoneField
        zone={draft.candidateZone}
        onChange={(candidateZone) => onChange({ candidateZone })}
        error={errors.candidate_time_zone}
      />
      <SwitchField
        label="Recording is planned"
        hint="The candidate is asked before they come in, and may say no or voice only."
        checked={draft.isRecordingPlanned}
        onChange={(isRecordingPlanned) => onChange({ isRecordingPlanned })}
      />
      <SwitchField
        label="Let the candidate in without asking"
        hint="Otherwise they wait until an interviewer lets them in."
        checked={draft.admitsAutomatically}
        onChange={(admitsAutomatically) => onChange({ admitsAutomatically })}
      />
      <Field
        label="What to expect"
        aside="optional"
        hint="The candidate reads it."
        error={errors.description}
      >
        {(control) => (
          <Textarea
            {...control}
            value={draft.description}
            onChange={(event) => onChange({ description: event.target.value })}
            maxLength={4000}
          />
        )}
      </Field>
    </div>
  );
}

interface SwitchFieldProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

function SwitchField({ label, hint, checked, onChange }: SwitchFieldProps) {
  return (
    <Label className="flex items-center justify-between gap-4 font-normal">
      <span>
        <span className="block font-medium">{label}</span>
        <span className="block text-[13px] text-muted-foreground">{hint}</span>
      </span>
      <Switch checked={checked} onCheckedChange={onChange} aria-label={label} />
    </Label>
  );
}

function KindField({ kind, onChange }: { kind: InterviewKind; onChange: (kind: InterviewKind) => void }) {
  return (
    <Field label="Kind">
      {(control) => (
        <Select value={kind} onValueChange={(value) => onChange(value as InterviewKind)}>
          <SelectTrigger {...control}>
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {Object.entries(KINDS).map(([value, label]) => (
              <SelectItem key={value} value={value}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
      )}
    </Field>
  );
}

/** Day and start, with what is to be said of them. */
export function TimeFields(props: {
  draft: Draft;
  onChange: (change: Partial<Draft>) => void;
  error: string | undefined;
  note: ReactNode;
}) {
  const { draft, onChange } = props;
  return (
    <div className="grid gap-2">
      <div className="grid grid-cols-[5fr_4fr] gap-4">
        <Field label="Day" error={props.error}>
          {(control) => (
            <Input
              {...control}
              type="date"
              value={draft.day}
              onChange={(event) => onChange({ day: event.target.value })}
              required
            />
          )}
        </Field>
        <Field label="Start" aside={browserZone().replaceAll("_", " ")}>
          {(control) => (
            <Input
              {...control}
              type="time"
              step={300}
              value={draft.time}
              onChange={(event) => onChange({ time: event.target.value })}
              required
            />
          )}
        </Field>
      </div>
      {props.note}
    </div>
  );
}

export function LengthField({ minutes, onChange }: { minutes: number; onChange: (minutes: number) => void }) {
  const lengths = LENGTHS.includes(minutes) ? LENGTHS : [...LENGTHS, minutes].sort((a, b) => a - b);
  return (
    <Field label="Length">
      {(control) => (
        <ToggleGroup
          {...control}
          type="single"
          value={String(minutes)}
          onValueChange={(value) => value && onChange(Number(value))}
          aria-label="Length"
          className="w-full"
        >
          {lengths.map((each) => (
            <ToggleGroupItem key={each} value={String(each)} className="flex-1 tabular-nums">
              {each} min
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
      )}
    </Field>
  );
}
