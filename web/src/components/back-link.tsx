import { Link, type LinkProps } from "@tanstack/react-router";
import { ChevronLeftIcon } from "lucide-react";

/** Above a page's heading: where one comes from. */
export function BackLink({ children, ...to }: LinkProps) {
  return (
    <Link
      {...to}
      className="-ml-1 inline-flex max-w-full items-center gap-1 rounded-md pr-1.5 text-muted-foreground transition-colors hover:text-foreground"
    >
      <ChevronLeftIcon className="size-4 shrink-0" />
      <span className="truncate">{children as string}</span>
    </Link>
  );
}
