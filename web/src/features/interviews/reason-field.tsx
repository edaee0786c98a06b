import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";

/** Why something is done: kept with the interview, for colleagues. */
export function ReasonField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  return (
    <Field label="Reason" aside="optional" hint="Your colleagues see it, the candidate does not.">
      {(control) => (
        <Input
          {...control}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          maxLength={500}
          autoComplete="off"
        />
      )}
    </Field>
  );
}
