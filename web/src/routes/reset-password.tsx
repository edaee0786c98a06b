import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { meQuery } from "@/api/session";
import { CodePage } from "@/features/accounts/code-page";

export const Route = createFileRoute("/reset-password")({
  loader: ({ context }) => context.queryClient.ensureQueryData(meQuery),
  component: ResetPasswordRoute,
});

function ResetPasswordRoute() {
  const navigate = useNavigate();
  return <CodePage kind="reset" onSignedIn={() => navigate({ to: "/", replace: true })} />;
}
