import { DownloadIcon, ScrollTextIcon } from "lucide-react";
import { useDeferredValue, useMemo, useState } from "react";
import { type AuditFilter, exportAudit } from "@/api/audit";
import { useLivePages } from "@/api/live-pages";
import type { Member } from "@/api/session";
import type { AuditEvent } from "@/api/types";
import { DaySpan } from "@/components/day-span";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { ShowMore } from "@/components/show-more";
import { toastProblem } from "@/components/toaster";
import { Button } from "@/components/ui/button";
import {
  DropdownMenu,
  DropdownMenuContent,
  DropdownMenuItem,
  DropdownMenuTrigger,
} from "@/components/ui/dropdown-menu";
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from "@/components/ui/select";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dayAndTime, midnightOf, ownTimeStyle } from "@/lib/time";

const words: Record<string, string> = {
  "installation.locked-down": "ended every session and link of this server",
  "installation.factors-reset": "took the second factors off",
  "installation.operator-made": "made an operator of this server",
  "installation.operator-removed": "took the operators' pages from",
  "installation.account-disabled": "disabled an account",
  "installation.account-enabled": "enabled an account again",
  "installation.sessions-ended": "ended sessions",
  "account.signed-in": "signed in",
  "account.signed-out": "signed out",
  "account.sign-in-refused": "was refused: wrong proof",
  "account.sign-in-locked": "was locked out for a while: too many attempts",
  "account.password-changed": "changed their password",
  "account.password-reset": "replaced their password by code",
  "account.address-added": "added an address",
  "account.address-proven": "showed that an address is theirs, which removed all other ways in",
  "account.address-changed": "changed their primary address",
  "account.deleted": "deleted their account",
  "account.address-removed": "removed an address",
  "account.factor-added": "added a second factor",
  "account.factor-removed": "removed a second factor",
  "account.recovery-codes-made": "made recovery codes",
  "account.recovery-code-used": "used a recovery code",
  "account.session-revoked": "ended a session",
  "organisation.created": "made the organisation",
  "organisation.renamed": "renamed the organisation",
  "organisation.changed": "changed the organisation",
  "organisation.deleted": "deleted the organisation",
  "organisation.kept": "took back that the organisation is deleted",
  "organisation.domain-added": "added a domain",
  "organisation.domain-verified": "showed that a domain is the organisation's",
  "organisation.domain-removed": "removed a domain",
  "organisation.domain-lost": "closed a domain whose record is gone",
  "organisation.ownership-transferred": "handed the organisation over",
  "member.joined": "joined",
  "member.role-changed": "changed a role",
  "member.removed": "removed a member",
  "member.left": "left",
  "invitation.sent": "invited",
  "invitation.resent": "renewed an invitation",
  "invitation.revoked": "took an invitation back",
  "audit.exported": "exported this log",
  "kit.created": "made a kit",
  "kit.changed": "changed a kit",
  "kit.archived": "archived a kit",
  "kit.restored": "restored a kit",
  "call.muted": "muted somebody in a call",
  "call.removed": "took somebody out of a call",
  "call.readmitted": "let somebody back into a call",
  "candidate.created": "added a candidate",
  "candidate.changed": "changed a candidate",
  "candidate.merged": "merged two candidates",
  "retention.recordings-erased": "erased recordings",
  "retention.candidates-erased": "erased candidates",
  "api-key.made": "made an API key",
  "api-key.revoked": "revoked an API key",
  "account.provider-connected": "connected a sign-in provider",
  "file.added": "added a file or link",
  "file.removed": "removed a file or link",
  "evaluation.decided": "decided on a candidate",
  "evaluation.reopened": "reopened a decision",
  "evaluation.downloaded": "downloaded an evaluation",
  "evaluation.feedback-sent": "sent feedback to a candidate",
  "evaluation.feedback-revoked": "took feedback back",
  "job.retried": "tried background work again",
  "job.discarded": "discarded background work that failed",
};

const kinds = [
  { value: "", label: "Everything" },
  { value: "account", label: "Accounts" },
  { value: "organisation", label: "Organisation" },
  { value: "installation", label: "Installation" },
  { value: "member", label: "Members" },
  { value: "invitation", label: "Invitations" },
  { value: "audit", label: "This log" },
  { value: "kit", label: "Kits" },
  { value: "call", label: "Calls" },
  { value: "candidate", label: "Candidates" },
  { value: "file", label: "Files" },
  { value: "api-key", label: "API keys" },
  { value: "evaluation", label: "Evaluations" },
  { value: "job", label: "Background" },
];

/** Who did what, for those who look after the organisation. Nobody can change it. */
export function AuditPage({ me }: { me: Member }) {
  useTitle("Audit log");
  const [text, setText] = useState("");
  const [kind, setKind] = useState("");
  const [days, setDays] = useState({ from: "", to: "" });
  const sought = useDeferredValue(text.trim());
  const isForMe = me.role !== "interviewer";
  const filter = useMemo(
    () => withoutEmpty({ text: sought, kind, since: midnightOf(days.from), until: midnightOf(days.to, 1) }),
    [sought, kind, days],
  );
  if (!isForMe) {
    return (
      <EmptyState icon={ScrollTextIcon} title="For owners and admins">
        They read here who did what in {me.organisation.name}.
      </EmptyState>
    );
  }
  return (
    <div>
      <div className="mb-4 flex flex-wrap items-center gap-3">
        <SearchInput
          value={text}
          onChange={setText}
          label="Search names, subjects, addresses"
          className="min-w-60 flex-1 max-sm:min-w-full"
        />
        <DaySpan {...days} onChange={(change) => setDays({ ...days, ...change })} />
        <Select value={kind || "all"} onValueChange={(value) => setKind(value === "all" ? "" : value)}>
          <SelectTrigger aria-label="Kind" className="w-40">
            <SelectValue />
          </SelectTrigger>
          <SelectContent>
            {kinds.map(({ value, label }) => (
              <SelectItem key={label} value={value || "all"}>
                {label}
              </SelectItem>
            ))}
          </SelectContent>
        </Select>
        <ExportMenu filter={filter} />
      </div>
      <Events filter={filter} zone={me.user.time_zone || undefined} />
    </div>
  );
}

function Events({ filter, zone }: { filter: AuditFilter; zone?: string }) {
  const events = useLivePages("audit.list", filter);
  if (events.problem) return <ProblemNotice problem={events.problem} />;
  if (events.isPending) return <Skeleton className="h-60 rounded-xl" />;
  if (events.items.length === 0) {
    return (
      <EmptyState icon={ScrollTextIcon} title="Nothing of this kind">
        No entry matches what you look for.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {events.items.map((event) => (
          <EventRow key={event.id} event={event} zone={zone} />
        ))}
      </ul>
      <ShowMore pages={events}>Show older</ShowMore>
    </>
  );
}

function ExportMenu({ filter }: { filter: AuditFilter }) {
  const save = (form: "csv" | "jsonl") => void exportAudit(filter, form).catch(toastProblem);
  return (
    <DropdownMenu>
      <DropdownMenuTrigger asChild>
        <Button variant="outline">
          <DownloadIcon aria-hidden /> Export
        </Button>
      </DropdownMenuTrigger>
      <DropdownMenuContent align="end">
        <DropdownMenuItem onSelect={() => save("csv")}>CSV, for a spreadsheet</DropdownMenuItem>
        <DropdownMenuItem onSelect={() => save("jsonl")}>JSON lines, for a program</DropdownMenuItem>
      </DropdownMenuContent>
    </DropdownMenu>
  );
}

function withoutEmpty(filter: AuditFilter): AuditFilter {
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== ""));
}

function EventRow({ event, zone }: { event: AuditEvent; zone?: string }) {
  const now = useNow();
  const facts = [event.subject, event.detail].filter(Boolean).join(" · ");
  return (
    <li className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-0.5 px-4 py-2.5">
      <p className="min-w-0 break-words">
        <bdi className="font-medium">{event.user_name || "Somebody"}</bdi>{" "}
        {words[event.action] ?? event.action}
        {facts && <span className="text-muted-foreground"> · {facts}</span>}
      </p>
      <p className="text-[13px] text-muted-foreground tabular-nums">
        {event.address && `${event.address} · `}
        <time dateTime={event.at}>{dayAndTime(new Date(event.at), now, { ...ownTimeStyle(), zone })}</time>
      </p>
    </li>
  );
}
