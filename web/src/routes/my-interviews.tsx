import { createFileRoute, redirect } from "@tanstack/react-router";
import { isMember, meQuery, useMe } from "@/api/session";
import { AppShell } from "@/components/app-shell";
import { Brand } from "@/components/brand";
import { OwnInterviewsPage } from "@/features/candidates/own-interviews-page";

export const Route = createFileRoute("/my-interviews")({
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (me.user === null) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: OwnInterviewsRoute,
});

/** Also for those who belong to no organisation: they have an account, and nothing else to see. */
function OwnInterviewsRoute() {
  if (isMember(useMe())) {
    return (
      <AppShell>
        <OwnInterviewsPage />
      </AppShell>
    );
  }
  return (
    <main id="content" className="mx-auto w-full max-w-3xl px-4 py-6 md:py-10">
      <p className="mb-8 flex">
        <Brand />
      </p>
      <OwnInterviewsPage />
    </main>
  );
}
