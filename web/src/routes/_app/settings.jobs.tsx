import { createFileRoute } from "@tanstack/react-router";
import { isMember, useMe } from "@/api/session";
import { JobsPage } from "@/features/jobs/jobs-page";

export const Route = createFileRoute("/_app/settings/jobs")({ component: JobsRoute });

function JobsRoute() {
  const me = useMe();
  return isMember(me) ? <JobsPage me={me} /> : null;
}
