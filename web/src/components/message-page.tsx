import type { LucideIcon } from "lucide-react";
import type { ReactNode } from "react";
import { BrandMark } from "@/components/brand";

interface MessagePageProps {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  icon?: LucideIcon;
}

/** A whole page that says one thing: what happened, what is safe, what to do next. */
export function MessagePage({ title, children, actions, icon: Icon }: MessagePageProps) {
  return (
    <main className="flex min-h-dvh flex-col items-center px-6 pt-[22dvh] pb-16 text-center">
      {Icon ? (
        <span className="grid size-12 place-items-center rounded-xl bg-secondary">
          <Icon className="size-6" aria-hidden="true" />
        </span>
      ) : (
        <BrandMark className="size-12" />
      )}
      <h1 className="mt-6 max-w-lg font-semibold text-2xl tracking-tight">{title}</h1>
      <div className="mt-3 max-w-md text-base text-muted-foreground leading-6">{children}</div>
      {actions && <div className="mt-8 flex flex-wrap items-center justify-center gap-2">{actions}</div>}
    </main>
  );
}
