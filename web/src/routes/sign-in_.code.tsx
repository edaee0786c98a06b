import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { meQuery } from "@/api/session";
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
  return <CodePage kind="sign-in" onSignedIn={() => navigate({ href: next ?? "/", replace: true })} />;
}
