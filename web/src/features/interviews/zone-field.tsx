import { useId } from "react";
import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";

interface ZoneFieldProps {
  zone: string;
  onChange: (zone: string) => void;
  error: string | undefined;
}

/** Where the candidate's clock runs, if that is known: typed with suggestions, since there are hundreds of zones. */
export function ZoneField({ zone, onChange, error }: ZoneFieldProps) {
  const listId = useId();
  return (
    <Field
      label="Candidate's time zone"
      aside="optional"
      hint="Filled in by itself when the candidate opens the link."
      error={error}
    >
      {(control) => (
        <>
          <Input
            {...control}
            list={listId}
            value={zone}
            onChange={(event) => onChange(event.target.value)}
            placeholder="Europe/Berlin"
            maxLength={64}
            autoComplete="off"
            spellCheck={false}
          />
          <datalist id={listId}>
            {Intl.supportedValuesOf("timeZone").map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
