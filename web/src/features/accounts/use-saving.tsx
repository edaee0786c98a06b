import { type FormEvent, useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { useSession } from "@/api/session";
import type { OrganisationIn } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { toast } from "@/components/toaster";
import { fieldErrors } from "@/lib/field-errors";

/** Saves what a form says, and keeps what the server did not like about it. */
export function useSaving() {
  const session = useSession();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const save = async (event: FormEvent, wanted: OrganisationIn) => {
    event.preventDefault();
    setProblem(null);
    setIsBusy(true);
    await session.changeOrganisation(wanted).then(
      () => toast("Saved"),
      (error) => setProblem(problemOf(error)),
    );
    setIsBusy(false);
  };
  const errors = fieldErrors(problem);
  const notice = problem && Object.keys(errors).length === 0 ? <ProblemNotice problem={problem} /> : null;
  return { save, isBusy, errors, notice };
}

/** Of a field of a number that may be left empty. */
export function textOf(value: number | null): string {
  return value === null ? "" : String(value);
}

export function numberOf(text: string): number | null {
  return text.trim() === "" ? null : Number(text);
}
