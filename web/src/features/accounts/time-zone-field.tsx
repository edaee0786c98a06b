import { useId } from "react";
import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";
import { browserZone } from "@/lib/time";

/** A field that completes what is typed: four hundred zones are too many to scroll through. */
export function TimeZoneField({
  value,
  onChange,
  hint,
  emptyHint,
  error,
}: {
  value: string;
  onChange: (zone: string) => void;
  /** What a chosen zone is for. */
  hint: string;
  /** What counts while none is chosen; the browser's own when not given. */
  emptyHint?: string;
  error?: string;
}) {
  const listId = useId();
  const own = browserZone();
  return (
    <Field
      label="Time zone"
      hint={value ? hint : (emptyHint ?? `Left empty, your browser's own counts: ${own}.`)}
      error={error}
    >
      {(control) => (
        <>
          <Input
            {...control}
            value={value}
            onChange={(event) => onChange(event.target.value)}
            list={listId}
            placeholder={own}
            autoComplete="off"
            spellCheck={false}
          />
          <datalist id={listId}>
            {Intl.supportedValuesOf("timeZone").map((zone) => (
              <option key={zone} value={zone} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
