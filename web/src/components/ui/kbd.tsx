import type * as React from "react";
import { cn } from "@/lib/cn";

function Kbd({ className, ...props }: React.ComponentProps<"kbd">) {
  return (
    <kbd
      data-slot="kbd"
      className={cn(
        "inline-flex h-5 min-w-5 items-center justify-center rounded-[5px] border border-current/20 px-1 font-sans text-[11px] leading-none",
        className,
      )}
      {...props}
    />
  );
}

export { Kbd };
