import { Link } from "@tanstack/react-router";
import { BuildingIcon, KeyRoundIcon } from "lucide-react";
import { useRevokeApiKey } from "@/api/api-keys";
import { useLive } from "@/api/live";
import type { Member } from "@/api/session";
import type { ApiKey } from "@/api/types";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { toast, toastProblem } from "@/components/toaster";
import { Badge } from "@/components/ui/badge";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dayAndTime, nearness, ownTimeStyle } from "@/lib/time";
import { ConfirmButton } from "./confirm-button";
import { MakeKeyDialog } from "./make-key-dialog";
import { roleWords } from "./roles";
import { scopeWords } from "./scopes";

/** The keys of programs: one's own, and for owners and admins all of the organisation. */
export function ApiKeysPage({ me }: { me: Member }) {
  useTitle("API keys");
  const keys = useLive("api_keys.list", {});
  return (
    <div>
      <div className="mb-4 flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted-foreground">
          With a key a program uses the <ReferenceLink /> in your name, with your rights at most.
          {me.role !== "interviewer" && " As you look after the organisation, you see everybody's keys."}
        </p>
        <MakeKeyDialog me={me} />
      </div>
      {keys.problem && <ProblemNotice problem={keys.problem} />}
      {keys.isPending && <Skeleton className="h-40 rounded-xl" />}
      {keys.data?.length === 0 && (
        <EmptyState icon={KeyRoundIcon} title="No keys yet">
          Make one for a script or another system that plans interviews or reads what came of them.
        </EmptyState>
      )}
      {keys.data && keys.data.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {keys.data.map((key) => (
            <KeyRow key={key.id} apiKey={key} zone={me.user.time_zone || undefined} />
          ))}
        </ul>
      )}
    </div>
  );
}

function ReferenceLink() {
  return (
    <Link to="/api-reference" className="font-medium text-foreground underline underline-offset-4">
      API
    </Link>
  );
}

function KeyRow({ apiKey, zone }: { apiKey: ApiKey; zone?: string }) {
  const now = useNow();
  const style = { ...ownTimeStyle(), zone };
  const Icon = apiKey.is_shared ? BuildingIcon : KeyRoundIcon;
  const expiresAt = new Date(apiKey.expires_at);
  const isExpired = expiresAt <= now;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-secondary">
        <Icon className="size-4.5" aria-hidden="true" />
      </span>
      <div className="min-w-56 flex-1">
        <p className="flex flex-wrap items-center gap-2 break-words font-medium">
          {apiKey.name}
          <code className="font-mono font-normal text-muted-foreground text-xs">{apiKey.beginning}…</code>
          {apiKey.is_shared && <Badge variant="outline">Organisation</Badge>}
          {isExpired && <Badge variant="warning">Expired</Badge>}
        </p>
        <p className="text-[13px] text-muted-foreground">{apiKey.scopes.map(scopeWords).join(" · ")}</p>
        <p className="text-[13px] text-muted-foreground">
          {apiKey.is_own ? "You" : apiKey.made_by.name}, as {roleWords[apiKey.role].label.toLowerCase()} ·{" "}
          {usedWords(apiKey, now, style)} · {isExpired ? "expired" : "expires"}{" "}
          {dayAndTime(expiresAt, now, style)}
        </p>
      </div>
      <Revoke apiKey={apiKey} />
    </li>
  );
}

function usedWords(key: ApiKey, now: Date, style: Parameters<typeof dayAndTime>[2]): string {
  if (key.last_used_at === null) return "never used";
  const at = new Date(key.last_used_at);
  const near = nearness(at, now);
  return `used ${near === "" ? dayAndTime(at, now, style) : near === "now" ? "just now" : near}`;
}

function Revoke({ apiKey }: { apiKey: ApiKey }) {
  const revoke = useRevokeApiKey(apiKey.id);
  return (
    <ConfirmButton
      variant="ghost"
      size="sm"
      disabled={revoke.isPending}
      aria-label={`Revoke ${apiKey.name}`}
      title={`Revoke “${apiKey.name}”?`}
      consequence="Programs that use it are refused from now on. It cannot be taken back."
      act="Revoke"
      onConfirm={() => void revoke.mutateAsync().then(() => toast("The key is revoked"), toastProblem)}
    >
      Revoke
    </ConfirmButton>
  );
}
