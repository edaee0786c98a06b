import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Link, Outlet } from "@tanstack/react-router";
import { CompassIcon } from "lucide-react";
import { MessagePage } from "@/components/message-page";
import { Toaster } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { TooltipProvider } from "@/components/ui/tooltip";
import { ConfirmIdentityDialog } from "@/features/accounts/confirm-identity-dialog";
import { useTitle } from "@/hooks/use-title";

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <TooltipProvider>
      <Outlet />
      <ConfirmIdentityDialog />
      <Toaster />
    </TooltipProvider>
  ),
  notFoundComponent: NotFoundPage,
});

function NotFoundPage() {
  useTitle("Nothing here");
  return (
    <MessagePage
      icon={CompassIcon}
      title="There is nothing at this address"
      actions={
        <Button asChild size="lg">
          <Link to="/">Go to the start</Link>
        </Button>
      }
    >
      The link may be incomplete or old. If somebody sent it to you, ask them to send it again.
    </MessagePage>
  );
}
