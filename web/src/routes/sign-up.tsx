import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { meQuery } from "@/api/session";
import { SignUpPage } from "@/features/accounts/sign-up-page";

export const Route = createFileRoute("/sign-up")({
  loader: ({ context }) => context.queryClient.ensureQueryData(meQuery),
  component: SignUpRoute,
});

function SignUpRoute() {
  const navigate = useNavigate();
  return <SignUpPage onDone={() => navigate({ to: "/", replace: true })} />;
}
