import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface EmptyStateProps {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
  className?: string;
  /** The heading's rank in the page. */
  heading?: "h1" | "h2" | "h3";
}

/** What stands where a list would be: why it is empty, and the next act. */
export function EmptyState({
  icon: Icon,
  title,
  children,
  action,
  className,
  heading: Heading = "h2",
}: EmptyStateProps) {
  return (
    <div
      className={cn(
        "flex flex-col items-center rounded-xl border border-dashed px-6 py-12 text-center text-muted-foreground",
        className,
      )}
    >
      <div className="mb-4 grid size-10 place-items-center rounded-lg bg-secondary text-foreground">
        <Icon className="size-5" />
      </div>
      <Heading className="font-medium text-foreground">{title}</Heading>
      <p className="mt-1 max-w-sm">{children}</p>
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
