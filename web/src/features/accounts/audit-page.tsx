import { ScrollTextIcon } from "lucide-react";
import { useState } from "react";
import { useLive } from "@/api/live";
import type { Member } from "@/api/session";
import type { AuditEvent } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { Skeleton } from "@/components/ui/skeleton";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { matchesSearch } from "@/lib/interview-order";
import { browserTimeStyle, dayAndTime } from "@/lib/time";

const words: Record<string, string> = {
  "account.signed-in": "signed in",
  "account.password-changed": "changed their password",
  "account.password-reset": "replaced their password by code",
  "account.session-revoked": "ended a session",
  "organisation.created": "made the organisation",
  "organisation.renamed": "renamed the organisation",
  "member.joined": "joined",
  "member.role-changed": "changed a role",
  "member.removed": "removed a member",
  "member.left": "left",
  "invitation.sent": "invited",
  "invitation.resent": "renewed an invitation",
  "invitation.revoked": "took an invitation back",
  "kit.created": "made a kit",
  "kit.changed": "changed a kit",
  "kit.archived": "archived a kit",
  "kit.restored": "restored a kit",
  "job.retried": "tried background work again",
  "job.discarded": "discarded background work that failed",
};

const kinds = [
  { value: "", label: "All" },
  { value: "account", label: "Accounts" },
  { value: "member", label: "Members" },
  { value: "invitation", label: "Invitations" },
  { value: "kit", label: "Kits" },
  { value: "job", label: "Background" },
];

/** Who did what, for those who look after the organisation. Nobody can change it. */
export function AuditPage({ me }: { me: Member }) {
  useTitle("Audit log");
  const [search, setSearch] = useState("");
  const [kind, setKind] = useState("");
  const isForMe = me.role !== "interviewer";
  const events = useLive("audit.list", {}, { enabled: isForMe });
  const shown = (events.data ?? []).filter(
    ({ action, user_name, subject, detail, address }) =>
      action.startsWith(kind) &&
      matchesSearch(search, [user_name, subject, detail, address, words[action] ?? ""]),
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
      <div className="mb-4 flex flex-wrap gap-3">
        <SearchInput value={search} onChange={setSearch} label="Search the log" className="min-w-60 flex-1" />
        <ToggleGroup
          type="single"
          value={kind === "" ? "all" : kind}
          onValueChange={(value) => value && setKind(value === "all" ? "" : value)}
          aria-label="Show"
        >
          {kinds.map(({ value, label }) => (
            <ToggleGroupItem key={label} value={value === "" ? "all" : value} className="max-sm:px-1.5">
              {label}
            </ToggleGroupItem>
          ))}
        </ToggleGroup>
      </div>
      {events.problem && <ProblemNotice problem={events.problem} />}
      {events.isPending && <Skeleton className="h-60 rounded-xl" />}
      {events.data && shown.length === 0 && (
        <EmptyState icon={ScrollTextIcon} title="Nothing of this kind">
          The newest 500 events are searched.
        </EmptyState>
      )}
      {shown.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {shown.map((event) => (
            <EventRow key={event.id} event={event} zone={me.user.time_zone || undefined} />
          ))}
        </ul>
      )}
    </div>
  );
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
        <time dateTime={event.at}>
          {dayAndTime(new Date(event.at), now, { ...browserTimeStyle(), zone })}
        </time>
      </p>
    </li>
  );
}
