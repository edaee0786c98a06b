import { createFileRoute } from "@tanstack/react-router";
import { useLive } from "@/api/live";
import { CallPage } from "@/features/call/call-page";

export const Route = createFileRoute("/join/$token")({ component: JoinRoute });

function JoinRoute() {
  const { token } = Route.useParams();
  const view = useLive("guest.view", {});
  if (!view.data) return null;
  return <CallPage interviewId={view.data.interview.id} guestToken={token} />;
}
