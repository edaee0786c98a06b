import { createFileRoute } from "@tanstack/react-router";
import { requireMember } from "@/api/session";
import { ReviewPage } from "@/features/recordings/review-page";

export const Route = createFileRoute("/recordings/$id")({
  beforeLoad: ({ context, location }) => requireMember(context.queryClient, location.href),
  component: ReviewRoute,
});

function ReviewRoute() {
  const { id } = Route.useParams();
  return <ReviewPage recordingId={id} />;
}
