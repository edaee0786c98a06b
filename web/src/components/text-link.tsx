import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";

/** A link within text, underlined: colour alone would not tell it from what stands around it (WCAG 1.4.1). */
export function TextLink({ children, ...to }: LinkProps & { children: ReactNode }) {
  return (
    <Link {...to} className="text-primary underline underline-offset-4 hover:decoration-2">
      {children}
    </Link>
  );
}
