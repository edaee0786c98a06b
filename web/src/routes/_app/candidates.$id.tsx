import { createFileRoute } from "@tanstack/react-router";
import { CandidatePage } from "@/features/candidates/candidate-page";
import { CandidateScorecards } from "@/features/evaluations/candidate-scorecards";

export const Route = createFileRoute("/_app/candidates/$id")({ component: CandidateRoute });

function CandidateRoute() {
  const { id } = Route.useParams();
  return <CandidatePage key={id} candidateId={id} evaluations={<CandidateScorecards candidateId={id} />} />;
}
