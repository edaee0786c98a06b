import { MailOpenIcon } from "lucide-react";
import { useLive } from "@/api/live";
import { useResendInvitation, useRevokeInvitation } from "@/api/members";
import type { MemberInvitation } from "@/api/types";
import { CopyButton } from "@/components/copy-button";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { dayName, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";
import { roleWords } from "./roles";

/** The invitations that wait for an answer. */
export function InvitationList() {
  const invitations = useLive("member_invitations.list", {});
  return (
    <section className="min-w-0">
      <h2 className="mb-3 flex items-baseline gap-2 font-semibold">
        Invitations
        <span className="font-normal text-muted-foreground tabular-nums">{invitations.data?.length}</span>
      </h2>
      {invitations.problem && <ProblemNotice problem={invitations.problem} />}
      {invitations.isPending && <Skeleton className="h-20 rounded-xl" />}
      {invitations.data?.length === 0 && (
        <EmptyState icon={MailOpenIcon} title="No open invitations" heading="h3" className="py-8">
          Whom you invite is listed here until they accept.
        </EmptyState>
      )}
      {invitations.data && invitations.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {invitations.data.map((invitation) => (
            <InvitationRow key={invitation.id} invitation={invitation} />
          ))}
        </ul>
      )}
    </section>
  );
}

const mailWords: Record<MemberInvitation["mail"], string> = {
  off: "Send the link yourself",
  waiting: "E-mail on its way",
  sent: "E-mail sent",
  failed: "E-mail could not be sent: send the link yourself",
};

function InvitationRow({ invitation }: { invitation: MemberInvitation }) {
  const now = useNow();
  const isExpired = invitation.is_expired || new Date(invitation.expires_at) <= now;
  const until = dayName(new Date(invitation.expires_at), now, ownTimeStyle());
  const facts = [
    roleWords[invitation.role].label,
    isExpired ? "" : `until ${until}`,
    isExpired ? "" : mailWords[invitation.mail],
  ];
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <div className="min-w-56 flex-1">
        <p className="flex flex-wrap items-center gap-2 break-all font-medium">
          {invitation.email}
          {isExpired && <Badge variant="warning">Expired</Badge>}
        </p>
        <p className="text-[13px] text-muted-foreground">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      <div className="-mx-2.5 flex flex-wrap items-center gap-1 sm:mx-0">
        {!isExpired && <CopyButton text={invitation.link_url} label="Copy link" variant="ghost" size="sm" />}
        <Resend invitation={invitation} />
        <Revoke invitation={invitation} />
      </div>
    </li>
  );
}

function Resend({ invitation }: { invitation: MemberInvitation }) {
  const resend = useResendInvitation(invitation.id);
  const label = invitation.mail === "off" ? "Renew" : "Resend";
  const run = () =>
    void resend
      .mutateAsync()
      .then(
        () => toast("The invitation lives anew", { description: "Its link has not changed." }),
        toastProblem,
      );
  return (
    <Button
      variant="ghost"
      size="sm"
      onClick={run}
      disabled={resend.isPending}
      aria-label={`${label} the invitation of ${invitation.email}`}
    >
      {label}
    </Button>
  );
}

function Revoke({ invitation }: { invitation: MemberInvitation }) {
  const revoke = useRevokeInvitation(invitation.id);
  return (
    <ConfirmButton
      variant="ghost"
      size="sm"
      disabled={revoke.isPending}
      aria-label={`Revoke the invitation of ${invitation.email}`}
      title="Take this invitation back?"
      consequence={`The link sent to ${invitation.email} stops working at once.`}
      act="Revoke"
      onConfirm={() =>
        void revoke.mutateAsync().then(() => toast("The invitation is taken back"), toastProblem)
      }
    >
      Revoke
    </ConfirmButton>
  );
}
