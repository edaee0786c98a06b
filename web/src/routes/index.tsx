import { createFileRoute } from "@tanstack/react-router";
import { isMember, meQuery, requireFactor, useMe } from "@/api/session";
import { AppShell } from "@/components/app-shell";
import { HomePage } from "@/features/home/home-page";
import { LandingPage } from "@/features/landing/landing-page";

export const Route = createFileRoute("/")({
  loader: async ({ context }) => requireFactor(await context.queryClient.ensureQueryData(meQuery), undefined),
  component: StartRoute,
});

function StartRoute() {
  const me = useMe();
  if (!isMember(me)) return <LandingPage hasOwner={me.has_owner} />;
  return (
    <AppShell>
      <HomePage userName={me.user.name} />
    </AppShell>
  );
}
