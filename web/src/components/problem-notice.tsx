import { CircleAlertIcon } from "lucide-react";
import type { Problem } from "@/api/client";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";

/** A problem inside a page or form: red for a refusal, amber for a lost line, which is nobody's mistake. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Alert variant={problem.status === 0 ? "warning" : "destructive"}>
      <CircleAlertIcon />
      <AlertTitle>{problem.title}</AlertTitle>
      {problem.detail && problem.detail !== problem.title && (
        <AlertDescription>{problem.detail}</AlertDescription>
      )}
    </Alert>
  );
}
