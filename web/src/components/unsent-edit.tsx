import type { ReactNode } from "react";
import { outbox } from "@/api/outbox";
import type { Edit } from "@/api/outbox-core";
import { Button } from "@/components/ui/button";

/** Something written that the server does not have yet, in the list in which it will stand. */
export function UnsentEdit({ edit, children }: { edit: Edit; children: ReactNode }) {
  return (
    <li data-testid="unsent-edit" className="grid gap-1">
      <p className="whitespace-pre-line break-words text-muted-foreground">{children}</p>
      {edit.refusal ? (
        <p role="alert" className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13px] text-warning">
          <span>
            Not saved: {edit.refusal.detail || edit.refusal.title} It stays here until you discard it.
          </span>
          <Button variant="outline" size="sm" onClick={() => outbox.retry(edit.id)}>
            Try again
          </Button>
          <Button variant="ghost" size="sm" onClick={() => outbox.drop(edit.id)}>
            Discard
          </Button>
        </p>
      ) : (
        <p className="text-[13px] text-muted-foreground">Not saved yet</p>
      )}
    </li>
  );
}
