import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { ApiKeysPage } from "@/features/accounts/api-keys-page";

export const Route = createFileRoute("/_app/settings/keys")({ component: ApiKeysRoute });

function ApiKeysRoute() {
  const me = useMe();
  return isMember(me) ? <ApiKeysPage key={me.organisation.id} me={me} /> : null;
}
