import type { FormEvent } from "react";
import { useSession } from "@/api/session";
import type { OrganisationIn } from "@/api/types";
import { toast } from "@/components/toaster";
import { useActing } from "./use-acting";

/** Saves what a form says, and keeps what the server did not like about it. */
export function useSaving() {
  const session = useSession();
  const { run, isBusy, errors, notice } = useActing();
  const save = (event: FormEvent, wanted: OrganisationIn) => {
    event.preventDefault();
    return run(async () => {
      await session.changeOrganisation(wanted);
      toast("Saved");
    });
  };
  return { save, isBusy, errors, notice };
}

/** Of a field of a number that may be left empty. */
export function textOf(value: number | null): string {
  return value === null ? "" : String(value);
}

export function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
