import { useEffect, useState } from "react";
import { cn } from "@/lib/cn";
import { type Strength, strengthOf } from "@/lib/password-strength";

const words = ["Very easy to guess", "Easy to guess", "Could be stronger", "Strong", "Very strong"] as const;
const colours = ["bg-destructive", "bg-destructive", "bg-warning", "bg-primary", "bg-primary"] as const;

/** How hard the password is to guess, with advice. It only advises: what must be is the length. */
export function StrengthMeter({ password }: { password: string }) {
  const [strength, setStrength] = useState<Strength | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const timer = window.setTimeout(() => {
      // Without the word lists (a lost line) there is no advice; the form works all the same.
      strengthOf(password).then(
        (found) => isCurrent && setStrength(found),
        () => isCurrent && setStrength(null),
      );
    }, 150);
    return () => {
      isCurrent = false;
      window.clearTimeout(timer);
    };
  }, [password]);
  if (strength === null) return null;
  const { score, advice } = strength;
  return (
    <div data-testid="strength" className="grid gap-1.5">
      <div className="flex gap-1" aria-hidden="true">
        {[1, 2, 3, 4].map((step) => (
          <span
            key={step}
            className={cn(
              "h-1 flex-1 rounded-full transition-colors",
              Math.max(1, score) >= step ? colours[score] : "bg-border",
            )}
          />
        ))}
      </div>
      <p role="status" className="text-[13px] text-muted-foreground">
        <span className="font-medium text-foreground">{words[score]}.</span>
        {score < 3 && advice && ` ${advice}`}
      </p>
    </div>
  );
}
