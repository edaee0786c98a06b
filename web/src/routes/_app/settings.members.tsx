import { createFileRoute, useNavigate } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { MembersPage } from "@/features/accounts/members-page";

export const Route = createFileRoute("/_app/settings/members")({ component: MembersRoute });

function MembersRoute() {
  const me = useMe();
  const navigate = useNavigate();
  if (!isMember(me)) return null;
  return <MembersPage key={me.organisation.id} me={me} onLeft={() => void navigate({ to: "/" })} />;
}
