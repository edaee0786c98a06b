import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { ProfilePage } from "@/features/accounts/profile-page";

export const Route = createFileRoute("/_app/settings/profile")({ component: ProfileRoute });

function ProfileRoute() {
  const me = useMe();
  return isMember(me) ? <ProfilePage me={me} /> : null;
}
