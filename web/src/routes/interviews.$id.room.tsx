import { createFileRoute } from "@tanstack/react-router";
import { CallPage } from "@/features/call/call-page";

export const Route = createFileRoute("/interviews/$id/room")({ component: RoomRoute });

function RoomRoute() {
  const { id } = Route.useParams();
  return <CallPage interviewId={id} />;
}
