/** After the call: why it is over for this person, what is safe, and the way back where there is one. */
import { Link } from "@tanstack/react-router";
import { problemOf } from "@/api/client";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import type { Departure } from "./call-session";

interface DeparturePageProps {
  departure: Departure;
  refusal: unknown;
  interviewId: string;
  isMember: boolean;
  wasRecorded: boolean;
  onReturn: () => void;
}

export function DeparturePage(props: DeparturePageProps) {
  const { departure, interviewId, isMember, onReturn } = props;
  const { title, text, back } = wordsFor(props);
  return (
    <div data-testid="departure" data-departure={departure}>
      <MessagePage
        title={title}
        actions={
          <>
            {back !== undefined && (
              <Button size="lg" data-testid="return" onClick={onReturn}>
                {back}
              </Button>
            )}
            {isMember && (
              <Button size="lg" variant={back === undefined ? "default" : "outline"} asChild>
                <Link to="/interviews/$id" params={{ id: interviewId }}>
                  To the interview
                </Link>
              </Button>
            )}
          </>
        }
      >
        <p>{text}</p>
      </MessagePage>
    </div>
  );
}

function wordsFor({ departure, refusal, isMember, wasRecorded }: DeparturePageProps) {
  switch (departure) {
    case "left":
      return {
        title: "You left the call",
        text: isMember
          ? "The others can go on without you."
          : "You can come back with the same link until the interview ends.",
        back: "Join again",
      };
    case "ended": {
      const recording =
        isMember && wasRecorded
          ? " The recording is being prepared and will be on the interview's page."
          : "";
      return {
        title: "The interview has ended",
        text: isMember
          ? `The call is closed for everyone.${recording}`
          : "Thank you for your time. You can close this page.",
      };
    }
    case "removed":
      return {
        title: "You were taken out of the call",
        text: "If this was a mistake, ask the interviewer to let you in again.",
        back: "Join again",
      };
    case "elsewhere":
      return {
        title: "The call goes on in another window",
        text: "You joined from another tab, and only one of them can be in the call at a time.",
        back: "Use this window instead",
      };
    case "refused": {
      const problem = problemOf(refusal);
      return {
        title: problem.title,
        text: problem.detail || "The server did not let you in.",
        back: "Try again",
      };
    }
  }
}
