import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";

interface EmailFieldProps {
  hint?: string;
  error?: string;
  autoFocus?: boolean;
  autoComplete?: string;
}

/** The address that one signs in with; password stores know it by its name. */
export function EmailField({ autoFocus, autoComplete = "username", ...field }: EmailFieldProps) {
  return (
    <Field label="E-mail" {...field}>
      {(control) => (
        <Input
          {...control}
          name="email"
          type="email"
          autoComplete={autoComplete}
          required
          autoFocus={autoFocus}
          className="h-11 md:text-base"
        />
      )}
    </Field>
  );
}
