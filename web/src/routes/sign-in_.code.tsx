import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { meQuery, type SignedIn } from "@/api/session";
import { CodePage } from "@/features/accounts/code-page";
import { safeNext } from "@/lib/safe-next";

export const Route = createFileRoute("/sign-in_/code")({
  validateSearch: (search): { next?: string } => ({ next: safeNext(search.next) }),
  loader: ({ context }) => context.queryClient.ensureQueryData(meQuery),
  component: CodeRoute,
});

function CodeRoute() {
  const { next } = Route.useSearch();
  const navigate = useNavigate();
  const goOn = (signedIn: SignedIn) =>
    signedIn === "in"
      ? navigate({ href: next ?? "/", replace: true })
      : navigate({ to: "/sign-in/second-factor", search: { next } });
  return <CodePage kind="sign-in" onSignedIn={goOn} />;
}
