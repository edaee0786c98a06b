import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { EditKitPage } from "@/features/kits/kit-editor";

export const Route = createFileRoute("/_app/kits/$id/edit")({
  validateSearch: (search): { from?: number } => ({
    from: typeof search.from === "number" ? search.from : undefined,
  }),
  component: EditKitRoute,
});

function EditKitRoute() {
  const { id } = Route.useParams();
  const { from } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <EditKitPage
      key={id}
      kitId={id}
      from={from}
      onSaved={() => void navigate({ to: "/kits/$id", params: { id } })}
    />
  );
}
