import { CircleAlertIcon } from "lucide-react";
import { useEffect, useState } from "react";
import type { Problem } from "@/api/client";
import { Alert, AlertDescription, AlertTitle } from "@/components/ui/alert";
import { clockText } from "@/lib/clock";

/** A problem inside a page or form: red for a refusal, amber for a lost line, which is nobody's mistake. */
export function ProblemNotice({ problem }: { problem: Problem }) {
  const wait = problem.extra.retry_after_s;
  return (
    <Alert variant={problem.status === 0 ? "warning" : "destructive"}>
      <CircleAlertIcon />
      <AlertTitle>{problem.title}</AlertTitle>
      {problem.detail && problem.detail !== problem.title && (
        <AlertDescription>{problem.detail}</AlertDescription>
      )}
      {typeof wait === "number" && <Countdown problem={problem} seconds={wait} />}
    </Alert>
  );
}

/** How long is left of the time that the server asks to wait, as of when the problem came. */
function Countdown({ problem, seconds }: { problem: Problem; seconds: number }) {
  const [over, setOver] = useState({ problem, at: Date.now() + seconds * 1000 });
  if (over.problem !== problem) setOver({ problem, at: Date.now() + seconds * 1000 });
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 500);
    return () => window.clearInterval(timer);
  }, []);
  const left = Math.max(0, Math.ceil((over.at - now) / 1000));
  return (
    <AlertDescription role="timer" aria-live="off" data-testid="retry-after">
      {left > 0 ? (
        <>
          Time left: <span className="tabular-nums">{clockText(left)}</span>
        </>
      ) : (
        "You can try again now."
      )}
    </AlertDescription>
  );
}
