import { MailCheckIcon, MailIcon, MailWarningIcon, RefreshCwIcon } from "lucide-react";
import { useRenewCandidateLink } from "@/api/interviews";
import type { Interview } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { PersonAvatar } from "@/components/person-avatar";
import { toast, toastProblem } from "@/components/toaster";
import {
  AlertDialog,
  AlertDialogAction,
  AlertDialogCancel,
  AlertDialogContent,
  AlertDialogDescription,
  AlertDialogFooter,
  AlertDialogHeader,
  AlertDialogTitle,
  AlertDialogTrigger,
} from "@/components/ui/alert-dialog";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Input } from "@/components/ui/input";
import { useNow } from "@/hooks/use-now";
import { cn } from "@/lib/cn";
import { isOver } from "@/lib/interview-order";
import { dayAndTime, dayName, ownTimeStyle } from "@/lib/time";
import { invitationMail } from "./invitation-mail";

/** Who the candidate is, and the one link that brings them in. */
export function CandidateLink({ interview }: { interview: Interview }) {
  const { candidate } = interview;
  const hasEnded = isOver(interview);
  return (
    <section>
      <h2 className="mb-3 font-semibold">Candidate</h2>
      <Card>
        <div className="flex min-w-0 items-center gap-3.5 p-5">
          <PersonAvatar name={candidate.name} className="size-11 text-base" />
          <div className="min-w-0">
            <p className="break-words font-medium">{candidate.name ?? "Not named yet"}</p>
            <p className="break-all text-muted-foreground">
              {candidate.email ?? (candidate.name || hasEnded ? "" : "Gives a name on opening the link")}
            </p>
          </div>
        </div>
        {candidate.mail && <MailState mail={candidate.mail} />}
        {!hasEnded && <LinkControls interview={interview} />}
      </Card>
    </section>
  );
}

/** Whether the candidate has been told, so that nobody has to ask. */
function MailState({ mail }: { mail: NonNullable<Interview["candidate"]["mail"]> }) {
  const now = useNow();
  const what = mail.is_cancellation ? "cancellation" : "invitation";
  const at = dayAndTime(new Date(mail.at), now, ownTimeStyle());
  const Icon = mail.state === "failed" ? MailWarningIcon : MailCheckIcon;
  return (
    <p
      role="status"
      className={cn(
        "-mt-1 flex gap-2 px-5 pb-5 text-[13px] [&_svg]:mt-0.5 [&_svg]:size-4 [&_svg]:shrink-0",
        mail.state === "failed" ? "text-warning" : "text-muted-foreground",
      )}
    >
      <Icon aria-hidden="true" />
      {mail.state === "sent" && `The ${what} was e-mailed: ${at}.`}
      {mail.state === "waiting" && `The ${what} is being e-mailed…`}
      {mail.state === "failed" &&
        `The ${what} could not be e-mailed (${at}). It is tried again; you can also send the link yourself.`}
    </p>
  );
}

function LinkControls({ interview }: { interview: Interview }) {
  const now = useNow();
  const { candidate } = interview;
  const until = dayName(new Date(candidate.link_expires_at), now, ownTimeStyle());
  const isExpired = new Date(candidate.link_expires_at) <= now;
  return (
    <div className="border-t p-5">
      <div className="flex flex-wrap gap-2">
        <Input
          readOnly
          value={candidate.link_url ?? ""}
          aria-label="The candidate's link"
          data-testid="candidate-link"
          onFocus={(event) => event.currentTarget.select()}
          className="min-w-48 flex-1 truncate font-mono text-[13px] md:text-[13px]"
        />
        <CopyButton text={candidate.link_url} label="Copy link" variant="outline" className="max-sm:flex-1" />
      </div>
      <div className="mt-3 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <p className="text-[13px] text-muted-foreground">
          {isExpired
            ? "This link has expired. Make a new one."
            : `Opens without an account, until ${until.toLowerCase() === "today" ? "the end of today" : until}.`}
        </p>
        <div className="-mx-2.5 flex flex-wrap">
          <Button asChild variant="ghost" size="sm">
            <a href={invitationMail(interview, ownTimeStyle())}>
              <MailIcon />
              Write an e-mail
            </a>
          </Button>
          <RenewLink interviewId={interview.id} />
        </div>
      </div>
    </div>
  );
}

function RenewLink({ interviewId }: { interviewId: string }) {
  const renew = useRenewCandidateLink(interviewId);
  const run = () =>
    renew
      .mutateAsync()
      .then(
        () => toast("There is a new link", { description: "The old one no longer opens the interview." }),
        toastProblem,
      );
  return (
    <AlertDialog>
      <AlertDialogTrigger asChild>
        <Button variant="ghost" size="sm" disabled={renew.isPending}>
          <RefreshCwIcon />
          New link
        </Button>
      </AlertDialogTrigger>
      <AlertDialogContent>
        <AlertDialogHeader>
          <AlertDialogTitle>Make a new link?</AlertDialogTitle>
          <AlertDialogDescription>
            The link sent so far stops working at once. You have to send the new one to the candidate.
          </AlertDialogDescription>
        </AlertDialogHeader>
        <AlertDialogFooter>
          <AlertDialogCancel>Keep the link</AlertDialogCancel>
          <AlertDialogAction onClick={run}>Make a new link</AlertDialogAction>
        </AlertDialogFooter>
      </AlertDialogContent>
    </AlertDialog>
  );
}
