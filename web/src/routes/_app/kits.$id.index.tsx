import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { KitPage } from "@/features/kits/kit-page";

export const Route = createFileRoute("/_app/kits/$id/")({
  validateSearch: (search): { version?: number } => ({
    version: typeof search.version === "number" ? search.version : undefined,
  }),
  component: KitRoute,
});

function KitRoute() {
  const { id } = Route.useParams();
  const { version } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <KitPage
      key={id}
      kitId={id}
      number={version}
      onDuplicated={(kit) => void navigate({ to: "/kits/$id/edit", params: { id: kit.id } })}
    />
  );
}
