import { VideoIcon } from "lucide-react";
import { useDeferredValue } from "react";
import { useLivePages } from "@/api/live-pages";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordingRow } from "@/components/recording-row";
import { SearchInput } from "@/components/search-input";
import { ShowMore } from "@/components/show-more";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";

/** Every recording the member may see, newest first. */
export function RecordingsPage({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  useTitle("Recordings");
  const sought = useDeferredValue(search.trim());
  const recordings = useLivePages("recordings.list", sought ? { text: sought } : {});
  const { items, isPending } = recordings;
  return (
    <>
      <PageHeader title="Recordings" />
      {recordings.problem && <ProblemNotice problem={recordings.problem} />}
      {!isPending && items.length === 0 && sought === "" && (
        <EmptyState icon={VideoIcon} title="No recordings yet">
          Press Record in a call. When you stop, every person's picture, voice and screen is kept and plays
          here together.
        </EmptyState>
      )}
      {(items.length > 0 || search !== "") && (
        <SearchInput
          value={search}
          onChange={onSearch}
          label="Search by interview or person"
          className="mb-4 max-w-sm"
        />
      )}
      {isPending && <Skeleton className="h-64 rounded-xl" />}
      {!isPending && items.length === 0 && sought !== "" && (
        <EmptyState
          icon={VideoIcon}
          title={`Nothing matches “${sought}”`}
          action={
            <Button variant="outline" onClick={() => onSearch("")}>
              Show all
            </Button>
          }
        >
          Names of people and titles of interviews are searched.
        </EmptyState>
      )}
      {items.length > 0 && (
        <ul className="divide-y overflow-hidden rounded-xl border bg-card">
          {items.map((recording) => (
            <li key={recording.id}>
              <RecordingRow recording={recording} />
            </li>
          ))}
        </ul>
      )}
      <ShowMore pages={recordings}>Show older</ShowMore>
    </>
  );
}
