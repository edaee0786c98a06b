import { createFileRoute } from "@tanstack/react-router";
import { InterviewsPage } from "@/features/interviews/interviews-page";
import { isShownGroup, type ShownGroup } from "@/features/interviews/shown-group";

interface Search {
  q?: string;
  show?: ShownGroup;
}

export const Route = createFileRoute("/_app/interviews/")({
  validateSearch: (search): Search => ({
    q: typeof search.q === "string" && search.q !== "" ? search.q : undefined,
    show: isShownGroup(search.show) ? search.show : undefined,
  }),
  component: InterviewsRoute,
});

function InterviewsRoute() {
  const { q, show } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <InterviewsPage
      search={q ?? ""}
      shown={show ?? "all"}
      onChange={(change) =>
        navigate({
          search: {
            q: (change.search ?? q) || undefined,
            show: (change.shown ?? show) === "all" ? undefined : (change.shown ?? show),
          },
          replace: true,
        })
      }
    />
  );
}
