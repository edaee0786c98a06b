import { Link } from "@tanstack/react-router";
import { PlusIcon, UserRoundSearchIcon, UsersRoundIcon } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { CandidateSummary } from "@/api/candidates";
import { useLivePages } from "@/api/live-pages";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { PersonAvatar } from "@/components/person-avatar";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { ShowMore } from "@/components/show-more";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dayAndTime, ownTimeStyle } from "@/lib/time";
import { CandidateDialog } from "./candidate-dialog";

interface CandidatesPageProps {
  search: string;
  onSearch: (search: string) => void;
  onCreated: (id: string) => void;
}

/** Everybody who is or was interviewed, through all their rounds; the search lives in the address. */
export function CandidatesPage({ search, onSearch, onCreated }: CandidatesPageProps) {
  useTitle("Candidates");
  const sought = useDeferredValue(search.trim());
  const [isAdding, setIsAdding] = useState(false);
  const add = (
    <Button onClick={() => setIsAdding(true)}>
      <PlusIcon />
      New candidate
    </Button>
  );
  return (
    <>
      <PageHeader title="Candidates">{add}</PageHeader>
      <SearchInput value={search} onChange={onSearch} label="Search by name or e-mail" className="mb-6" />
      <CandidateList search={sought} onSearch={onSearch} add={add} />
      <CandidateDialog open={isAdding} onOpenChange={setIsAdding} onSaved={({ id }) => onCreated(id)} />
    </>
  );
}

function CandidateList({
  search,
  onSearch,
  add,
}: {
  search: string;
  onSearch: (search: string) => void;
  add: React.ReactNode;
}) {
  const candidates = useLivePages("candidates.list", search ? { text: search } : {});
  if (candidates.problem) return <ProblemNotice problem={candidates.problem} />;
  if (candidates.isPending) return <Skeleton className="h-96 rounded-xl" />;
  const { items } = candidates;
  if (items.length === 0) {
    return search ? (
      <EmptyState
        icon={UserRoundSearchIcon}
        title={`Nobody matches “${search}”`}
        action={
          <Button variant="outline" onClick={() => onSearch("")}>
            Show everybody
          </Button>
        }
      >
        Names and e-mail addresses are searched.
      </EmptyState>
    ) : (
      <EmptyState icon={UsersRoundIcon} title="No candidates yet" action={add}>
        Whoever you plan an interview with appears here, with all their rounds.
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {items.map((candidate) => (
          <CandidateRow key={candidate.id} candidate={candidate} />
        ))}
      </ul>
      <ShowMore pages={candidates}>Show more</ShowMore>
    </>
  );
}

function CandidateRow({ candidate }: { candidate: CandidateSummary }) {
  const now = useNow();
  const { interviews_count: count } = candidate;
  return (
    <li className="relative flex min-h-16 items-center gap-3 px-4 py-2.5 transition-colors hover:bg-muted">
      <PersonAvatar name={candidate.name} className="size-9" />
      <div className="min-w-0 flex-1">
        <Link
          to="/candidates/$id"
          params={{ id: candidate.id }}
          className="-outline-offset-2 block truncate font-medium after:absolute after:inset-0"
        >
          <bdi>{candidate.name ?? candidate.email ?? "Not named yet"}</bdi>
        </Link>
        <p className="truncate text-[13px] text-muted-foreground">
          {candidate.name && candidate.email ? candidate.email : "No e-mail address"}
        </p>
      </div>
      <div className="min-w-0 max-w-[45%] text-right text-[13px] text-muted-foreground">
        <p className="truncate">{candidate.newest_title ?? "No interview yet"}</p>
        {candidate.newest_at && (
          <p className="truncate tabular-nums">
            {count > 1 && <span className="max-sm:hidden">{count} interviews · </span>}
            {dayAndTime(new Date(candidate.newest_at), now, ownTimeStyle())}
          </p>
        )}
      </div>
    </li>
  );
}
