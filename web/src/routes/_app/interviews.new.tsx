import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { NewInterviewPage } from "@/features/interviews/new-interview-page";

export const Route = createFileRoute("/_app/interviews/new")({ component: NewInterviewRoute });

function NewInterviewRoute() {
  const navigate = useNavigate();
  return (
    <NewInterviewPage
      onCreated={({ id }) => navigate({ to: "/interviews/$id", params: { id }, replace: true })}
    />
  );
}
