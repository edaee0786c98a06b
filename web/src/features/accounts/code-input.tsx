import type { ComponentProps } from "react";
import { Input } from "@/components/ui/input";

/** A code that came by e-mail or from an authenticator app: large, spaced, filled in by the phone where it can be. */
export function CodeInput(props: ComponentProps<typeof Input>) {
  return (
    <Input
      name="code"
      autoComplete="one-time-code"
      autoCapitalize="characters"
      spellCheck={false}
      required
      {...props}
      className="h-11 font-mono text-lg uppercase tracking-widest md:text-lg"
    />
  );
}
