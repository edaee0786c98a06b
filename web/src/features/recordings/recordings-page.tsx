import { VideoIcon } from "lucide-react";
import { useLive } from "@/api/live";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { RecordingRow } from "@/components/recording-row";
import { SearchInput } from "@/components/search-input";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useTitle } from "@/hooks/use-title";
import { matchesSearch } from "@/lib/interview-order";
import { peopleIn } from "@/lib/recording-facts";

/** Every recording the member may see, newest first. */
export function RecordingsPage({ search, onSearch }: { search: string; onSearch: (search: string) => void }) {
  useTitle("Recordings");
  const recordings = useLive("recordings.list", {});
  const found = (recordings.data ?? []).filter((recording) =>
    matchesSearch(search, [recording.interview.title, ...peopleIn(recording)]),
  );
  const hasAny = (recordings.data ?? []).length > 0;
  return (
    <>
      <PageHeader title="Recordings" />
      {recordings.problem && <ProblemNotice problem={recordings.problem} />}
      {recordings.isPending && <Skeleton className="h-64 rounded-xl" />}
      {recordings.data && !hasAny && (
        <EmptyState icon={VideoIcon} title="No recordings yet">
          Press Record in a call. When you stop, every person's picture, voice and screen is kept and plays
          here together.
        </EmptyState>
      )}
      {hasAny && (
        <>
          <SearchInput
            value={search}
            onChange={onSearch}
            label="Search by interview or person"
            className="mb-4 max-w-sm"
          />
          {found.length === 0 ? (
            <EmptyState
              icon={VideoIcon}
              title={`Nothing matches “${search}”`}
              action={
                <Button variant="outline" onClick={() => onSearch("")}>
                  Show all
                </Button>
              }
            >
              Names of people and titles of interviews are searched.
            </EmptyState>
          ) : (
            <ul className="divide-y overflow-hidden rounded-xl border bg-card">
              {found.map((recording) => (
                <li key={recording.id}>
                  <RecordingRow recording={recording} />
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </>
  );
}
