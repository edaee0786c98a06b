import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { useMe } from "@/api/session";
import { NewInterviewPage } from "@/features/interviews/new-interview-page";

export const Route = createFileRoute("/_app/interviews/new")({ component: NewInterviewRoute });

function NewInterviewRoute() {
  const navigate = useNavigate();
  const me = useMe();
  return (
    <NewInterviewPage
      myId={me.user?.id ?? 0}
      onCreated={({ id }) => navigate({ to: "/interviews/$id", params: { id }, replace: true })}
    />
  );
}
