import { FileDownIcon } from "lucide-react";
import { useState } from "react";
import { downloadSummary, type Evaluation } from "@/api/evaluations";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { BackLink } from "@/components/back-link";
import { ProblemNotice } from "@/components/problem-notice";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { Comments } from "./comments";
import { Debrief } from "./debrief";
import { DecisionCard } from "./decision-card";
import { FeedbackCard } from "./feedback-card";
import { NotesPanel } from "./notes-panel";
import { ScorecardForm } from "./scorecard-form";

/** From one's own view to the team's decision, on one page. */
export function EvaluationPage({ interviewId }: { interviewId: string }) {
  const interview = useLive("interviews.get", { interview_id: interviewId });
  const evaluation = useLive("evaluations.get", { interview_id: interviewId });
  useTitle(interview.data && `Evaluation: ${interview.data.title}`);
  const problem = interview.problem ?? evaluation.problem;
  if (problem) return <ProblemNotice problem={problem} />;
  if (!interview.data || !evaluation.data) return <Skeleton className="h-96 rounded-xl" />;
  return <Loaded interview={interview.data} evaluation={evaluation.data} />;
}

function Loaded({ interview, evaluation }: { interview: Interview; evaluation: Evaluation }) {
  const { mine } = evaluation;
  const wasHeld = interview.state !== "cancelled" && interview.state !== "no_show";
  return (
    <>
      <BackLink to="/interviews/$id" params={{ id: interview.id }}>
        {interview.title}
      </BackLink>
      <header className="mt-3 mb-8 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <h1 className="min-w-0 break-words font-semibold text-2xl tracking-tight">
          Evaluation of <bdi>{interview.candidate.name ?? "the candidate"}</bdi>
        </h1>
        {!evaluation.are_others_hidden && evaluation.others.length + (mine?.submitted_at ? 1 : 0) > 0 && (
          <SummaryButton interview={interview} />
        )}
      </header>
      <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-8 lg:grid-cols-[minmax(0,1fr)_19rem]">
        <div className="grid min-w-0 grid-cols-1 gap-8">
          {wasHeld && mine?.submitted_at == null && (
            <section>
              <h2 className="mb-3 font-semibold">My scorecard</h2>
              <ScorecardForm interviewId={interview.id} evaluation={evaluation} />
            </section>
          )}
          <section>
            <h2 className="mb-3 font-semibold">Debrief</h2>
            <Debrief evaluation={evaluation} />
          </section>
          <section>
            <h2 className="mb-3 font-semibold">Comments</h2>
            <Comments interviewId={interview.id} evaluation={evaluation} />
          </section>
        </div>
        <div className="grid gap-8">
          <DecisionCard interview={interview} evaluation={evaluation} />
          <FeedbackCard interview={interview} evaluation={evaluation} />
          <section>
            <h2 className="mb-3 font-semibold">My notes</h2>
            <NotesPanel interviewId={interview.id} />
          </section>
        </div>
      </div>
    </>
  );
}

function SummaryButton({ interview }: { interview: Interview }) {
  const [isRunning, setIsRunning] = useState(false);
  const run = () => {
    setIsRunning(true);
    const name = `Evaluation of ${interview.candidate.name ?? interview.title}`;
    downloadSummary(interview.id, name)
      .catch(toastProblem)
      .finally(() => setIsRunning(false));
  };
  return (
    <Button variant="outline" onClick={run} disabled={isRunning}>
      <FileDownIcon />
      {isRunning ? "Writing…" : "PDF"}
    </Button>
  );
}
