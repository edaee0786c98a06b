import type { ReactNode } from "react";
import { BrandMark } from "@/components/brand";

interface MessagePageProps {
  title: string;
  children: ReactNode;
  actions?: ReactNode;
  icon?: ReactNode;
}

/** A whole page that says one thing: what happened, what is safe, what to do next. */
export function MessagePage({ title, children, actions, icon }: MessagePageProps) {
  return (
    <main className="grid min-h-dvh place-items-center px-6 py-16">
      <div className="flex w-full max-w-md flex-col items-center text-center">
        <div className="mb-6">{icon ?? <BrandMark className="size-11" />}</div>
        <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
        <div className="mt-3 text-base text-muted-foreground leading-6">{children}</div>
        {actions && <div className="mt-7 flex flex-wrap items-center justify-center gap-2">{actions}</div>}
      </div>
    </main>
  );
}
