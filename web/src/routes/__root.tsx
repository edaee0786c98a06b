import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, Link, Outlet } from "@tanstack/react-router";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import { TooltipProvider } from "@/components/ui/tooltip";

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  component: () => (
    <TooltipProvider>
      <Outlet />
    </TooltipProvider>
  ),
  notFoundComponent: () => (
    <MessagePage
      title="There is nothing at this address"
      actions={
        <Button asChild>
          <Link to="/">Go to the start</Link>
        </Button>
      }
    >
      The link may be incomplete. If somebody sent it to you, ask them to send it again.
    </MessagePage>
  ),
});
