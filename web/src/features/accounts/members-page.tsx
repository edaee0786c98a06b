import { useState } from "react";
import { useLive } from "@/api/live";
import type { Member as SignedIn } from "@/api/session";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { matchesSearch } from "@/lib/interview-order";
import { InvitationList } from "./invitation-list";
import { InviteDialog } from "./invite-dialog";
import { MemberRow } from "./member-row";
import { byRank, rolesToGive } from "./roles";

const SEARCH_FROM = 8;

/** Who belongs to the organisation and who is invited; what one may not do is not offered. */
export function MembersPage({ me, onLeft }: { me: SignedIn; onLeft: () => void }) {
  useTitle("Members");
  const [search, setSearch] = useState("");
  const members = useLive("members.list", {});
  const roles = rolesToGive(me.role);
  const all = [...(members.data ?? [])].sort(byRank);
  const shown = all.filter(({ name, email }) => matchesSearch(search, [name, email]));
  return (
    <div className="grid gap-8">
      <section className="min-w-0">
        <div className="mb-3 flex flex-wrap items-center justify-between gap-3">
          <h2 className="flex items-baseline gap-2 font-semibold">
            Members
            <span className="font-normal text-muted-foreground tabular-nums">{members.data?.length}</span>
          </h2>
          {roles.length > 0 && <InviteDialog roles={roles} />}
        </div>
        {members.problem && <ProblemNotice problem={members.problem} />}
        {members.isPending && <Skeleton className="h-40 rounded-xl" />}
        {all.length >= SEARCH_FROM && (
          <SearchInput value={search} onChange={setSearch} label="Search members" className="mb-3" />
        )}
        {shown.length > 0 && (
          <ul className="divide-y overflow-hidden rounded-xl border bg-card">
            {shown.map((member) => (
              <MemberRow key={member.id} member={member} me={me} roles={roles} onLeft={onLeft} />
            ))}
          </ul>
        )}
        {all.length > 0 && shown.length === 0 && (
          <p className="text-muted-foreground">Nobody here matches “{search}”.</p>
        )}
      </section>
      {roles.length > 0 && <InvitationList />}
    </div>
  );
}
