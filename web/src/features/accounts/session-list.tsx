import { MonitorIcon, SmartphoneIcon } from "lucide-react";
import { useRevokeOtherSessions, useRevokeSession } from "@/api/account-sessions";
import { useLive } from "@/api/live";
import type { AccountSession } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, nearness, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";

/** Where one is signed in; what is not one's own is ended here. */
export function SessionList({ zone }: { zone?: string }) {
  const sessions = useLive("sessions.list", {});
  const others = (sessions.data ?? []).filter((session) => !session.is_current);
  return (
    <section>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 className="font-semibold">Sessions</h2>
          <p className="mt-0.5 text-muted-foreground">Where you are signed in.</p>
        </div>
        {others.length > 0 && <EndOthers count={others.length} />}
      </div>
      {sessions.problem && <ProblemNotice problem={sessions.problem} />}
      {sessions.isPending && <Skeleton className="h-20 rounded-xl" />}
      {sessions.data && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {sessions.data.map((session) => (
            <SessionRow key={session.id} session={session} zone={zone} />
          ))}
        </ul>
      )}
    </section>
  );
}

function SessionRow({ session, zone }: { session: AccountSession; zone?: string }) {
  const now = useNow();
  const style = { ...ownTimeStyle(), zone };
  const seenAt = new Date(session.last_seen_at);
  const near = nearness(seenAt, now);
  const seen = near === "" ? dayAndTime(seenAt, now, style) : near === "now" ? "just now" : near;
  const Icon = /iPhone|iPad|Android/.test(session.device) ? SmartphoneIcon : MonitorIcon;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-secondary">
        <Icon className="size-4.5" aria-hidden="true" />
      </span>
      <div className="min-w-40 flex-1">
        <p className="flex flex-wrap items-center gap-2 font-medium">
          {session.device}
          {session.is_current && <Badge variant="live">This one</Badge>}
        </p>
        <p className="text-[13px] text-muted-foreground">
          {session.address}
          {session.place && ` (${session.place})`} · seen {seen} · since{" "}
          {dayAndTime(new Date(session.created_at), now, style)}
        </p>
      </div>
      {!session.is_current && <End session={session} />}
    </li>
  );
}

function End({ session }: { session: AccountSession }) {
  const revoke = useRevokeSession(session.id);
  return (
    <ConfirmButton
      variant="ghost"
      size="sm"
      disabled={revoke.isPending}
      aria-label={`End the session of ${session.device}`}
      title="End this session?"
      consequence={`${session.device} (${session.address}) is signed out at once, on every page it has open.`}
      act="End session"
      onConfirm={() => void revoke.mutateAsync().then(() => toast("The session has ended"), toastProblem)}
    >
      End
    </ConfirmButton>
  );
}

function EndOthers({ count }: { count: number }) {
  const revoke = useRevokeOtherSessions();
  return (
    <ConfirmButton
      variant="outline"
      disabled={revoke.isPending}
      title="End all other sessions?"
      consequence={`${count === 1 ? "The other one is" : `The ${count} others are`} signed out at once. This one stays.`}
      act="End the others"
      onConfirm={() => void revoke.mutateAsync().then(() => toast("Only this session is left"), toastProblem)}
    >
      End all others
    </ConfirmButton>
  );
}
