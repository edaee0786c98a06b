import { createFileRoute } from "@tanstack/react-router";
import { KitsPage } from "@/features/kits/kits-page";

interface Search {
  q?: string;
  archived?: true;
}

export const Route = createFileRoute("/_app/kits/")({
  validateSearch: (search): Search => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q : undefined,
    archived: search.archived === true ? true : undefined,
  }),
  component: KitsRoute,
});

function KitsRoute() {
  const { q, archived } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <KitsPage
      search={q ?? ""}
      isArchive={archived ?? false}
      onChange={({ search = q, isArchive = archived }) =>
        navigate({ search: { q: search || undefined, archived: isArchive || undefined }, replace: true })
      }
    />
  );
}
