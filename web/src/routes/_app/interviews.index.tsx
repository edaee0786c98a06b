import { createFileRoute } from "@tanstack/react-router";
import { InterviewsPage } from "@/features/interviews/interviews-page";
import { type ListFilter, listFilter } from "@/features/interviews/list-filter";

export const Route = createFileRoute("/_app/interviews/")({
  validateSearch: (search): ListFilter => listFilter(search),
  component: InterviewsRoute,
});

function InterviewsRoute() {
  const filter = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <InterviewsPage
      filter={filter}
      onChange={(change) => void navigate({ search: listFilter({ ...filter, ...change }), replace: true })}
      onClear={() => void navigate({ search: {}, replace: true })}
    />
  );
}
