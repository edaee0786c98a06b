import { createFileRoute, redirect, useNavigate, useRouter } from "@tanstack/react-router";
import { fetchPendingFactors } from "@/api/second-factors";
import { meQuery } from "@/api/session";
import { SecondFactorPage } from "@/features/accounts/second-factor-page";
import { safeNext } from "@/lib/safe-next";

export const Route = createFileRoute("/sign-in_/second-factor")({
  validateSearch: (search): { next?: string } => ({ next: safeNext(search.next) }),
  loaderDeps: ({ search }) => search,
  loader: async ({ context, deps }) => {
    await context.queryClient.ensureQueryData(meQuery);
    const types = await fetchPendingFactors();
    if (types.length === 0) throw redirect({ to: "/sign-in", search: deps });
    return types;
  },
  component: SecondFactorRoute,
});

function SecondFactorRoute() {
  const { next } = Route.useSearch();
  const types = Route.useLoaderData();
  const navigate = useNavigate();
  const router = useRouter();
  const goOn = async () => {
    await navigate({ href: next ?? "/", replace: true });
    await router.invalidate();
  };
  return <SecondFactorPage types={types} onSignedIn={goOn} />;
}
