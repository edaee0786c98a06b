import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { fetchOwnerLink } from "@/api/session";
import { OwnerLinkProblem, WelcomePage } from "@/features/accounts/welcome-page";

export const Route = createFileRoute("/welcome/$token")({
  loader: ({ params }) => fetchOwnerLink(params.token),
  component: WelcomeRoute,
  errorComponent: OwnerLinkProblem,
});

function WelcomeRoute() {
  const { token } = Route.useParams();
  const navigate = useNavigate();
  return <WelcomePage token={token} onDone={() => navigate({ to: "/", replace: true })} />;
}
