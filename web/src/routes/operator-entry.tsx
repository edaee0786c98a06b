import { createFileRoute, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/session";
import { OperatorEntryPage } from "@/features/accounts/operator-entry-page";
import { safeNext } from "@/lib/safe-next";

export const Route = createFileRoute("/operator-entry")({
  validateSearch: (search): { next?: string } => ({ next: safeNext(search.next) }),
  beforeLoad: async ({ context, location }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (!me.user) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: () => <OperatorEntryPage next={Route.useSearch().next} />,
});
