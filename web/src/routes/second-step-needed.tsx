import { createFileRoute, redirect } from "@tanstack/react-router";
import { meQuery } from "@/api/session";
import { FactorNeededPage } from "@/features/accounts/factor-needed-page";
import { safeNext } from "@/lib/safe-next";

export const Route = createFileRoute("/second-step-needed")({
  validateSearch: (search): { next?: string } => ({ next: safeNext(search.next) }),
  beforeLoad: async ({ context }) => {
    const me = await context.queryClient.ensureQueryData(meQuery);
    if (!me.user) throw redirect({ to: "/sign-in" });
  },
  component: () => <FactorNeededPage next={Route.useSearch().next} />,
});
