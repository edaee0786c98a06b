import { type ErrorComponentProps, Link } from "@tanstack/react-router";
import { MailOpenIcon } from "lucide-react";
import { useState } from "react";
import { problemOf } from "@/api/client";
import { addPasskey, canUsePasskeys } from "@/api/passkeys";
import { fetchRecoveryCodes } from "@/api/second-factors";
import { useMe, useSession } from "@/api/session";
import type { AcceptIn, InvitationLink } from "@/api/types";
import { MessagePage } from "@/components/message-page";
import { ProblemNotice } from "@/components/problem-notice";
import { RouteError } from "@/components/route-error";
import { Button } from "@/components/ui/button";
import { Dialog, DialogContent } from "@/components/ui/dialog";
import { useTitle } from "@/hooks/use-title";
import { AuthLayout } from "./auth-layout";
import { NewAccountForm } from "./new-account-form";
import { RecoveryCodes } from "./recovery-codes";
import { roleWords } from "./roles";
import { useActing } from "./use-acting";

interface InvitationPageProps {
  token: string;
  invitation: InvitationLink;
  onDone: () => Promise<void>;
}

/** Where an invitation's link leads: a new account, or joining with the one that there is. */
export function InvitationPage({ token, invitation, onDone }: InvitationPageProps) {
  useTitle(`Join ${invitation.organisation_name}`);
  const me = useMe();
  const session = useSession();
  const { problem, isBusy, run } = useActing();
  const [codes, setCodes] = useState<string[] | null>(null);
  const accept = (body: AcceptIn) =>
    run(async () => {
      await session.acceptInvitation(token, body);
      await onDone();
    });
  /** The account comes first. Where no passkey is made after all, e-mailed codes sign in to it. */
  const acceptWithPasskey = (name: string) =>
    run(async () => {
      if (!me.user) await session.acceptInvitation(token, { name, without_password: true });
      await addPasskey();
      const made = await fetchRecoveryCodes();
      if (made) setCodes(made);
      else await onDone();
    });
  const inviter = invitation.invited_by ?? "Somebody";
  const role = roleWords[invitation.role].label.toLowerCase();
  const signedInAs = me.user?.email ?? null;
  // By any of their addresses; who has just made the account here is asked for a passkey next.
  const isTheirs = invitation.is_yours || signedInAs === invitation.email;
  return (
    <AuthLayout
      title={`Join ${invitation.organisation_name}`}
      lead={`${inviter} invites ${invitation.email} as ${role}.`}
    >
      {signedInAs !== null && !isTheirs ? (
        <AnotherAccount email={signedInAs} />
      ) : invitation.has_account ? (
        <div className="grid gap-5">
          {problem && <ProblemNotice problem={problem} />}
          {signedInAs === null ? (
            <Button asChild size="xl" className="h-11">
              <Link to="/sign-in" search={{ next: `/invitation/${token}` }}>
                Sign in to accept
              </Link>
            </Button>
          ) : (
            <Button size="xl" className="h-11" disabled={isBusy} onClick={() => void accept({})}>
              {isBusy ? "Joining…" : "Accept"}
            </Button>
          )}
        </div>
      ) : (
        <NewAccountForm
          email={invitation.email}
          problem={problem}
          isBusy={isBusy}
          onSubmit={accept}
          onSubmitWithPasskey={canUsePasskeys(me.public_url) ? acceptWithPasskey : undefined}
        />
      )}
      <Dialog open={codes !== null}>
        <DialogContent showCloseButton={false}>
          {codes && <RecoveryCodes codes={codes} onKept={() => void onDone()} />}
        </DialogContent>
      </Dialog>
    </AuthLayout>
  );
}

function AnotherAccount({ email }: { email: string }) {
  const session = useSession();
  return (
    <div className="grid gap-5">
      <p className="text-muted-foreground">
        You are signed in as <span className="break-all text-foreground">{email}</span>. The invitation is for
        another address.
      </p>
      <Button size="xl" className="h-11" onClick={() => void session.signOut()}>
        Sign out and go on
      </Button>
    </div>
  );
}

const linkProblems: Record<string, string> = {
  "link-unknown": "This invitation is not known here",
  "link-expired": "This invitation has expired",
  "link-used": "This invitation has been accepted",
  "link-revoked": "This invitation was taken back",
};

/** Said instead of the form when the link is no good. */
export function InvitationProblem(props: ErrorComponentProps) {
  useTitle("Invitation");
  const problem = problemOf(props.error);
  const title = linkProblems[problem.type];
  if (!title) return <RouteError {...props} />;
  return (
    <MessagePage
      icon={MailOpenIcon}
      title={title}
      actions={
        <Button asChild size="lg">
          <Link to="/sign-in">Sign in</Link>
        </Button>
      }
    >
      {problem.detail}
    </MessagePage>
  );
}
