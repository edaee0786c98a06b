import { useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { ProblemNotice } from "@/components/problem-notice";
import { fieldErrors } from "@/lib/field-errors";

/** What goes on at a form's button, and what went wrong: at its fields, or else to say above them. */
export function useActing() {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const run = async (act: () => Promise<void>) => {
    setProblem(null);
    setIsBusy(true);
    await act().catch((error: unknown) => setProblem(problemOf(error)));
    setIsBusy(false);
  };
  const errors = fieldErrors(problem);
  const notice = problem && Object.keys(errors).length === 0 ? <ProblemNotice problem={problem} /> : null;
  return { problem, errors, notice, isBusy, run };
}
