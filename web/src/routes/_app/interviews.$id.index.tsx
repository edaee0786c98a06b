import { createFileRoute } from "@tanstack/react-router";
import { InterviewPage } from "@/features/interviews/interview-page";
import { KitPanel } from "@/features/kits/kit-panel";

export const Route = createFileRoute("/_app/interviews/$id/")({ component: InterviewRoute });

function InterviewRoute() {
  const { id } = Route.useParams();
  return <InterviewPage key={id} interviewId={id} problems={<KitPanel interviewId={id} />} />;
}
