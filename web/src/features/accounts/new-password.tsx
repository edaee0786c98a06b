import { useState } from "react";
import { Field } from "@/components/field";
import { PasswordInput } from "./password-input";
import { StrengthMeter } from "./strength-meter";

/** The choice of a password: its length counts, its composition does not (NIST SP 800-63B, section 5.1.1.2). */
export function NewPassword({ error, label = "Password" }: { error?: string; label?: string }) {
  const [typed, setTyped] = useState("");
  return (
    <div className="grid gap-2.5">
      <Field label={label} hint="At least 10 characters. A few words in a row are fine." error={error}>
        {(control) => (
          <PasswordInput
            {...control}
            name="password"
            autoComplete="new-password"
            required
            minLength={10}
            maxLength={200}
            onChange={(event) => setTyped(event.target.value)}
          />
        )}
      </Field>
      {typed !== "" && <StrengthMeter password={typed} />}
    </div>
  );
}
