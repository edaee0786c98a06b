import { createFileRoute } from "@tanstack/react-router";
import { ReviewPage } from "@/features/recordings/review-page";

export const Route = createFileRoute("/recordings/$id")({ component: ReviewRoute });

function ReviewRoute() {
  const { id } = Route.useParams();
  return <ReviewPage recordingId={id} />;
}
