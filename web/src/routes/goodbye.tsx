import { createFileRoute, Link } from "@tanstack/react-router";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import { useTitle } from "@/hooks/use-title";

export const Route = createFileRoute("/goodbye")({ component: GoodbyePage });

/** Where one is after deleting one's account. */
function GoodbyePage() {
  useTitle("Goodbye");
  return (
    <MessagePage
      title="Your account is deleted"
      actions={
        <Button asChild variant="outline">
          <Link to="/">Go to the start page</Link>
        </Button>
      }
    >
      You are signed out everywhere, and an e-mail confirms it. Thank you for the interviews that you held.
    </MessagePage>
  );
}
