import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { NewKitPage } from "@/features/kits/kit-editor";

export const Route = createFileRoute("/_app/kits/new")({ component: NewKitRoute });

function NewKitRoute() {
  const navigate = useNavigate();
  return (
    <NewKitPage onSaved={({ id }) => void navigate({ to: "/kits/$id", params: { id }, replace: true })} />
  );
}
