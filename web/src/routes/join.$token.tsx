import { createFileRoute } from "@tanstack/react-router";
import { useEffect } from "react";
import { live } from "@/api/live";
import { CallPage } from "@/features/call/call-page";
import { GuestLanding } from "@/features/interviews/guest-landing";

export const Route = createFileRoute("/join/$token")({
  // Before anything of the page asks for data, because a guest's eyes see other things than a member's.
  beforeLoad: ({ params }) => live.setGuest(params.token),
  component: JoinRoute,
});

function JoinRoute() {
  const { token } = Route.useParams();
  useEffect(() => {
    live.setGuest(token);
    return () => live.setGuest(null);
  }, [token]);
  return (
    <GuestLanding guestToken={token}>
      {(interviewId) => <CallPage key={interviewId} interviewId={interviewId} guestToken={token} />}
    </GuestLanding>
  );
}
