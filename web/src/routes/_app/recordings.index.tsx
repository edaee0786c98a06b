import { createFileRoute } from "@tanstack/react-router";
import { RecordingsPage } from "@/features/recordings/recordings-page";

export const Route = createFileRoute("/_app/recordings/")({
  validateSearch: (search): { q?: string } => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q : undefined,
  }),
  component: RecordingsRoute,
});

function RecordingsRoute() {
  const { q } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <RecordingsPage
      search={q ?? ""}
      onSearch={(search) => navigate({ search: { q: search || undefined }, replace: true })}
    />
  );
}
