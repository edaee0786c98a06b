import { createFileRoute } from "@tanstack/react-router";
import { ConnectionPage } from "@/features/connections/connection-page";

export const Route = createFileRoute("/_app/interviews/$id/connection")({ component: ConnectionRoute });

function ConnectionRoute() {
  const { id } = Route.useParams();
  return <ConnectionPage key={id} interviewId={id} />;
}
