import { ClockAlertIcon, type LucideIcon, UnlinkIcon } from "lucide-react";
import { type ReactNode, useState } from "react";
import type { Problem } from "@/api/client";
import { useLive } from "@/api/live";
import type { GuestView } from "@/api/types";
import { ConnectionBanner } from "@/components/connection-banner";
import { MessagePage } from "@/components/message-page";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { isOver } from "@/lib/interview-order";
import { GuestInvitation } from "./guest-invitation";

interface GuestLandingProps {
  guestToken: string;
  /** The room, once the candidate has said who they are and wants in. */
  children: (interviewId: string) => ReactNode;
}

const readyKey = (interviewId: string) => `interview-stream.ready.${interviewId}`;

/** A refresh of the tab leads back to where the candidate was, not to the invitation. */
function isReady(interviewId: string): boolean {
  try {
    return sessionStorage.getItem(readyKey(interviewId)) !== null;
  } catch {
    return false;
  }
}

function rememberReady(interviewId: string): void {
  try {
    sessionStorage.setItem(readyKey(interviewId), "1");
  } catch {
    // Without storage a refresh shows the invitation again, which does no harm.
  }
}

/** What a candidate's link opens: first who, what and when; then the room. */
export function GuestLanding({ guestToken, children }: GuestLandingProps) {
  const view = useLive("guest.view", {});
  // Once inside, the room speaks for itself: it must not be pulled away when the link or the interview ends.
  const [enteredId, setEnteredId] = useState<string | null>(null);
  if (enteredId) return children(enteredId);
  if (view.problem) return <GuestProblem problem={view.problem} />;
  if (!view.data) return <GuestSkeleton />;
  const { interview, guest } = view.data;
  if (isOver(interview)) return <IsOver view={view.data} />;
  if (guest.name && isReady(interview.id)) {
    setEnteredId(interview.id);
    return null;
  }
  return (
    <>
      <ConnectionBanner />
      <GuestInvitation
        view={view.data}
        guestToken={guestToken}
        onReady={() => {
          rememberReady(interview.id);
          setEnteredId(interview.id);
        }}
      />
    </>
  );
}

function IsOver({ view }: { view: GuestView }) {
  const { state, organisation_name } = view.interview;
  const title =
    state === "cancelled"
      ? "This interview was cancelled"
      : state === "no_show"
        ? "This interview did not take place"
        : "This interview has ended";
  useTitle(title);
  return (
    <MessagePage title={title}>
      {state === "cancelled" &&
        `${organisation_name} called it off. Your link works again if they plan it anew.`}
      {state === "no_show" &&
        `You were not in the call at the planned time. Ask ${organisation_name} for a new one.`}
      {(state === "ended" || state === "decided") &&
        `Thank you for your time. If you did not expect this, ask ${organisation_name} whether it was moved.`}
    </MessagePage>
  );
}

const linkProblems: Record<string, { icon: LucideIcon; title: string; text: string }> = {
  "link-unknown": {
    icon: UnlinkIcon,
    title: "This link does not lead to an interview",
    text: "It may have been cut when it was copied. Open it from your invitation once more, or ask the person who invited you to send it again.",
  },
  "link-expired": {
    icon: ClockAlertIcon,
    title: "This link has expired",
    text: "Ask the person who invited you for a new one. It takes them a moment.",
  },
  "link-revoked": {
    icon: UnlinkIcon,
    title: "There is a newer link",
    text: "The person who invited you made a new link, and this one stopped working. Look for a later message from them, or ask for it.",
  },
};

function GuestProblem({ problem }: { problem: Problem }) {
  const known = linkProblems[problem.type];
  useTitle(known ? "Link" : problem.title);
  if (known) {
    return (
      <MessagePage icon={known.icon} title={known.title}>
        {known.text}
      </MessagePage>
    );
  }
  return (
    <MessagePage
      title={problem.title}
      actions={
        <Button size="lg" onClick={() => window.location.reload()}>
          Load again
        </Button>
      }
    >
      {problem.detail || "Load the page again. Your link stays valid."}
    </MessagePage>
  );
}

function GuestSkeleton() {
  return (
    <main aria-busy="true" className="mx-auto grid w-full max-w-lg gap-4 px-5 pt-[14dvh]">
      <Skeleton className="h-4 w-2/5" />
      <Skeleton className="h-9 w-4/5" />
      <Skeleton className="mt-4 h-40 rounded-xl" />
      <Skeleton className="h-11 rounded-lg" />
    </main>
  );
}
