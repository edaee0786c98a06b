import { createFileRoute } from "@tanstack/react-router";
import { CandidatesPage } from "@/features/candidates/candidates-page";

export const Route = createFileRoute("/_app/candidates/")({
  validateSearch: (search): { q?: string } => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q : undefined,
  }),
  component: CandidatesRoute,
});

function CandidatesRoute() {
  const { q } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <CandidatesPage
      search={q ?? ""}
      onSearch={(search) => void navigate({ search: { q: search || undefined }, replace: true })}
      onCreated={(id) => void navigate({ to: "/candidates/$id", params: { id } })}
    />
  );
}
