import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { fetchInvitationLink, meQuery } from "@/api/session";
import { InvitationPage, InvitationProblem } from "@/features/accounts/invitation-page";

export const Route = createFileRoute("/invitation/$token")({
  loader: async ({ context, params }) => {
    await context.queryClient.ensureQueryData(meQuery);
    return fetchInvitationLink(params.token);
  },
  component: InvitationRoute,
  errorComponent: InvitationProblem,
});

function InvitationRoute() {
  const { token } = Route.useParams();
  const invitation = Route.useLoaderData();
  const navigate = useNavigate();
  return (
    <InvitationPage
      token={token}
      invitation={invitation}
      onDone={() => navigate({ to: "/", replace: true })}
    />
  );
}
