import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { meQuery, type SignedIn } from "@/api/session";
import { CodePage } from "@/features/accounts/code-page";

export const Route = createFileRoute("/reset-password")({
  loader: ({ context }) => context.queryClient.ensureQueryData(meQuery),
  component: ResetPasswordRoute,
});

function ResetPasswordRoute() {
  const navigate = useNavigate();
  const goOn = (signedIn: SignedIn) =>
    navigate(signedIn === "in" ? { to: "/", replace: true } : { to: "/sign-in/second-factor" });
  return <CodePage kind="reset" onSignedIn={goOn} />;
}
