import { useState } from "react";
import { type Problem, problemOf } from "@/api/client";
import { confirmNow } from "@/api/confirming";
import { useLive } from "@/api/live";
import { useMe } from "@/api/session";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { SecondFactors } from "./second-factors";

/** Before the operators' pages, which are the server's own: a second step set up, and proved just now. */
export function OperatorEntryPage({ next }: { next: string | undefined }) {
  useTitle("Operators' pages");
  const { data, problem } = useLive("factors.get", {});
  if (data) return <Entry next={next} hasFactor={data.totp !== null || data.passkeys.length > 0} />;
  return (
    <AuthLayout title="Operators' pages" lead="">
      {problem ? <ProblemNotice problem={problem} /> : <Skeleton className="h-36 rounded-xl" />}
    </AuthLayout>
  );
}

function Entry({ next, hasFactor }: { next: string | undefined; hasFactor: boolean }) {
  const me = useMe();
  const [problem, setProblem] = useState<Problem | null>(null);
  // Whoever has just set one up is shown the recovery codes there.
  const [hadFactor] = useState(hasFactor);
  const goOn = () => {
    setProblem(null);
    // A whole load: the pages behind are none of this front end's.
    confirmNow().then(
      () => window.location.assign(next ?? "/"),
      (error) => setProblem(problemOf(error)),
    );
  };
  return (
    <AuthLayout
      title="Operators' pages"
      lead={
        hasFactor
          ? "They show every organisation on this server, so they open only for a few minutes after you have shown your second step."
          : "They show every organisation on this server, so they want more than a password. Set up a second step to go on: it takes a minute."
      }
    >
      {problem && (
        <div className="mb-5">
          <ProblemNotice problem={problem} />
        </div>
      )}
      {!hadFactor && <SecondFactors zone={me.user?.time_zone || undefined} publicUrl={me.public_url} />}
      {hasFactor && (
        <Button size="xl" className="mt-5 h-11 w-full" onClick={goOn}>
          Go on
        </Button>
      )}
      <p className="mt-6 border-t pt-6">
        <Button asChild variant="link" className="h-auto p-0">
          <a href="/">Back to your interviews</a>
        </Button>
      </p>
    </AuthLayout>
  );
}
