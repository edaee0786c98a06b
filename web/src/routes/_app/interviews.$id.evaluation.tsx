import { createFileRoute } from "@tanstack/react-router";
import { EvaluationPage } from "@/features/evaluations/evaluation-page";

export const Route = createFileRoute("/_app/interviews/$id/evaluation")({ component: EvaluationRoute });

function EvaluationRoute() {
  const { id } = Route.useParams();
  return <EvaluationPage key={id} interviewId={id} />;
}
