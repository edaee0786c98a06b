import { createFileRoute } from "@tanstack/react-router";
import { isMember, meQuery, useMe } from "@/api/session";
import { AppShell } from "@/components/app-shell";
import { HomePage } from "@/features/home/home-page";
import { LandingPage } from "@/features/landing/landing-page";

export const Route = createFileRoute("/")({
  loader: ({ context }) => context.queryClient.ensureQueryData(meQuery),
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
