import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Brand } from "@/components/brand";
import { ThemeMenu } from "@/components/theme-menu";

/** A form in the middle of a quiet page. */
export function AuthLayout({
  title,
  lead,
  children,
}: {
  title: string;
  lead: ReactNode;
  children: ReactNode;
}) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="flex h-16 items-center justify-between px-4 md:px-8">
        <Link to="/" className="rounded-lg">
          <Brand />
        </Link>
        <ThemeMenu />
      </header>
      <main className="flex flex-1 flex-col items-center px-4 pt-[8dvh] pb-16">
        <div className="w-full max-w-sm">
          <h1 className="font-semibold text-2xl tracking-tight">{title}</h1>
          <p className="mt-2 text-base text-muted-foreground leading-6">{lead}</p>
          <div className="mt-8">{children}</div>
        </div>
      </main>
    </div>
  );
}
