import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { SecurityPage } from "@/features/accounts/security-page";

export const Route = createFileRoute("/_app/settings/security")({ component: SecurityRoute });

function SecurityRoute() {
  const me = useMe();
  return isMember(me) ? <SecurityPage me={me} /> : null;
}
