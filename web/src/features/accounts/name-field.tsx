import { Field } from "@/components/field";
import { Input } from "@/components/ui/input";

/** Asks whoever makes an account what others shall call them. */
export function NameField({ error }: { error?: string }) {
  return (
    <Field label="Your name" error={error}>
      {(control) => (
        <Input
          {...control}
          name="name"
          autoComplete="name"
          required
          maxLength={100}
          autoFocus
          className="h-11 md:text-base"
        />
      )}
    </Field>
  );
}
