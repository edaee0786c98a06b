import { CircleAlertIcon } from "lucide-react";
import type { Problem } from "@/api/client";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";

/** A problem inside a page or form: what happened and, where the server says so, what to do. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  return (
    <Alert variant="destructive">
      <CircleAlertIcon />
      <AlertTitle>{problem.title}</AlertTitle>
      {problem.detail && problem.detail !== problem.title && (
        <AlertDescription>{problem.detail}</AlertDescription>
      )}
    </Alert>
  );
}
