import type { ReactNode } from "react";
import { Card } from "@/components/ui/card";

/** One subject of the settings: what it is, said in a line, and its controls. */
export function SettingsCard({
  title,
  says,
  children,
}: {
  title: string;
  says?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section>
      <h2 className="font-semibold">{title}</h2>
      {says && <p className="mt-0.5 text-muted-foreground">{says}</p>}
      <Card className="mt-3 p-5">{children}</Card>
    </section>
  );
}
