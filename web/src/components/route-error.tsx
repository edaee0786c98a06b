import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { problemOf } from "@/api/client";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";

/** Shown in place of a page that failed to load or broke while it drew itself. */
export function RouteError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const problem = problemOf(error);
  const tryAgain = () => {
    reset();
    void router.invalidate();
  };
  return (
    <MessagePage
      title={problem.type === "unknown" ? "This page ran into a mistake of ours" : problem.title}
      actions={<Button onClick={tryAgain}>Try again</Button>}
    >
      {problem.type === "unknown"
        ? "Your data is safe on the server. Loading the page again usually helps."
        : problem.detail}
    </MessagePage>
  );
}
