import { createFileRoute, Outlet } from "@tanstack/react-router";
import { requireMember } from "@/api/session";
import { AppShell } from "@/components/app-shell";

export const Route = createFileRoute("/_app")({
  beforeLoad: ({ context, location }) => requireMember(context.queryClient, location.href),
  component: () => (
    <AppShell>
      <Outlet />
    </AppShell>
  ),
});
