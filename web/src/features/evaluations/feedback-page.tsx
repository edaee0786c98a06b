import { LinkIcon } from "lucide-react";
import { problemOf } from "@/api/client";
import { useFeedback } from "@/api/evaluations";
import { Brand } from "@/components/brand";
import { FeedbackContent } from "@/components/feedback-content";
import { MessagePage } from "@/components/message-page";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";

/** What a candidate was given to read after the decision; the link needs no account. */
export function FeedbackPage({ token }: { token: string }) {
  useTitle("Feedback");
  const feedback = useFeedback(token);
  if (feedback.error) {
    const problem = problemOf(feedback.error);
    return (
      <MessagePage
        icon={LinkIcon}
        title={problem.status === 410 ? "This feedback was taken back" : problem.title}
      >
        {problem.detail}
      </MessagePage>
    );
  }
  return (
    <main className="mx-auto w-full max-w-2xl px-4 py-8 md:py-14">
      <p className="mb-10 flex">
        <Brand />
      </p>
      {feedback.data ? (
        <>
          <p className="text-muted-foreground">
            <bdi>{feedback.data.organisation_name}</bdi>
          </p>
          <h1 className="mt-1 break-words font-semibold text-2xl tracking-tight">
            Feedback{feedback.data.candidate_name && <> for {<bdi>{feedback.data.candidate_name}</bdi>}</>}
          </h1>
          <p className="mt-1 mb-8 text-muted-foreground">{feedback.data.title}</p>
          <FeedbackContent content={feedback.data} />
        </>
      ) : (
        <Skeleton className="h-72 rounded-xl" />
      )}
    </main>
  );
}
