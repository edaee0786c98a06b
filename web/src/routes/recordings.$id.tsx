import { createFileRoute } from "@tanstack/react-router";
import { requireMember } from "@/api/session";
import { Pictures } from "@/components/pictures";
import { ReviewPage } from "@/features/recordings/review-page";

export const Route = createFileRoute("/recordings/$id")({
  // Where to begin, in seconds.
  validateSearch: (search): { t?: number } => ({
    t: typeof search.t === "number" && search.t >= 0 ? search.t : undefined,
  }),
  beforeLoad: ({ context, location }) => requireMember(context.queryClient, location.href),
  component: ReviewRoute,
});

function ReviewRoute() {
  const { id } = Route.useParams();
  const { t } = Route.useSearch();
  return (
    <Pictures>
      <ReviewPage recordingId={id} startAt={t ?? 0} />
    </Pictures>
  );
}
