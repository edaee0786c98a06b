import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";

interface FactorRowProps {
  icon: LucideIcon;
  title: ReactNode;
  says: ReactNode;
  children?: ReactNode;
}

/** One way to sign in, in the list of them, with what can be done to it. */
export function FactorRow({ icon: Icon, title, says, children }: FactorRowProps) {
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-secondary">
        <Icon className="size-4.5" aria-hidden="true" />
      </span>
      <div className="min-w-40 flex-1">
        <div className="break-words font-medium">{title}</div>
        <p className="text-[13px] text-muted-foreground">{says}</p>
      </div>
      <div className="flex items-center gap-1">{children}</div>
    </li>
  );
}
