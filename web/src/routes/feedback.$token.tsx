import { createFileRoute } from "@tanstack/react-router";
import { FeedbackPage } from "@/features/evaluations/feedback-page";

export const Route = createFileRoute("/feedback/$token")({ component: FeedbackRoute });

function FeedbackRoute() {
  return <FeedbackPage token={Route.useParams().token} />;
}
