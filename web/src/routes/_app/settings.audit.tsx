import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { AuditPage } from "@/features/accounts/audit-page";

export const Route = createFileRoute("/_app/settings/audit")({ component: AuditRoute });

function AuditRoute() {
  const me = useMe();
  return isMember(me) ? <AuditPage me={me} /> : null;
}
