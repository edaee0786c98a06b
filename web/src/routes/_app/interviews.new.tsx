import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { useMe } from "@/api/session";
import { NewInterviewPage } from "@/features/interviews/new-interview-page";

export const Route = createFileRoute("/_app/interviews/new")({
  validateSearch: (search): { candidate?: string } => ({
    candidate: typeof search.candidate === "string" ? search.candidate : undefined,
  }),
  component: NewInterviewRoute,
});

function NewInterviewRoute() {
  const navigate = useNavigate();
  const { candidate } = Route.useSearch();
  const me = useMe();
  return (
    <NewInterviewPage
      candidateId={candidate}
      myId={me.user?.id ?? 0}
      onCreated={({ id }) => navigate({ to: "/interviews/$id", params: { id }, replace: true })}
    />
  );
}
