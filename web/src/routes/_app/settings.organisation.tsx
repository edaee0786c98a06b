import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { OrganisationPage } from "@/features/accounts/organisation-page";

export const Route = createFileRoute("/_app/settings/organisation")({ component: OrganisationRoute });

function OrganisationRoute() {
  const me = useMe();
  return isMember(me) ? <OrganisationPage key={me.organisation.id} me={me} /> : null;
}
