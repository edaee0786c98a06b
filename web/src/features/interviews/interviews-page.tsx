import { Link } from "@tanstack/react-router";
import { CalendarDaysIcon, CalendarPlusIcon, PlusIcon } from "lucide-react";
import { useLive } from "@/api/live";
import type { Interview } from "@/api/types";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { SearchInput } from "@/components/search-input";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { ToggleGroup, ToggleGroupItem } from "@/components/ui/toggle-group";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { GROUPS, type Group, grouped, matchesSearch } from "@/lib/interview-order";
import { InterviewRow } from "./interview-row";
import { isWithin, SHOWN_GROUPS, type ShownGroup } from "./shown-group";

interface InterviewsPageProps {
  search: string;
  shown: ShownGroup;
  onChange: (change: { search?: string; shown?: ShownGroup }) => void;
}

const headings: Record<Group, string> = {
  live: "Live now",
  upcoming: "Upcoming",
  overdue: "Past, not ended",
  to_evaluate: "To evaluate",
  to_decide: "To decide",
  held: "On hold",
  succeeded: "Succeeded",
  failed: "Failed",
  off: "Called off",
};

/** All interviews by what there is to do with them; search and filter live in the address. */
export function InterviewsPage({ search, shown, onChange }: InterviewsPageProps) {
  useTitle("Interviews");
  const interviews = useLive("interviews.list", {});
  const now = useNow();
  const all = interviews.data ?? [];
  const found = all.filter(({ title, candidate }) =>
    matchesSearch(search, [title, candidate.name, candidate.email]),
  );
  const groups = grouped(found, now);
  const visible = GROUPS.filter((group) => groups[group].length > 0 && isWithin(group, shown));
  return (
    <>
      <PageHeader title="Interviews">
        <Button asChild>
          <Link to="/interviews/new">
            <PlusIcon />
            New interview
          </Link>
        </Button>
      </PageHeader>
      {interviews.problem && <ProblemNotice problem={interviews.problem} />}
      {interviews.isPending && <Skeleton className="h-96 rounded-xl" />}
      {interviews.data && all.length === 0 && <NoInterviews />}
      {all.length > 0 && (
        <div className="mb-6 flex flex-wrap gap-3">
          <SearchInput
            value={search}
            onChange={(value) => onChange({ search: value })}
            label="Search by title or candidate"
            className="min-w-60 flex-1"
          />
          <StateFilter shown={shown} groups={groups} onChange={(value) => onChange({ shown: value })} />
        </div>
      )}
      {all.length > 0 && visible.length === 0 && (
        <EmptyState
          icon={CalendarDaysIcon}
          title={search ? `Nothing matches “${search}”` : "None of this kind"}
          action={
            <Button variant="outline" onClick={() => onChange({ search: "", shown: "all" })}>
              Show all interviews
            </Button>
          }
        >
          {search
            ? "Titles, candidates' names and their e-mail addresses are searched."
            : "There are others."}
        </EmptyState>
      )}
      <div className="grid gap-8">
        {visible.map((group) => (
          <InterviewGroup key={group} heading={headings[group]} interviews={groups[group]} now={now} />
        ))}
      </div>
    </>
  );
}

function StateFilter(props: {
  shown: ShownGroup;
  groups: Record<Group, Interview[]>;
  onChange: (shown: ShownGroup) => void;
}) {
  const count = (shown: ShownGroup) =>
    GROUPS.filter((group) => isWithin(group, shown)).reduce(
      (sum, group) => sum + props.groups[group].length,
      0,
    );
  return (
    <ToggleGroup
      type="single"
      value={props.shown}
      onValueChange={(value) => value && props.onChange(value as ShownGroup)}
      aria-label="Show"
      className="h-auto flex-wrap"
    >
      {SHOWN_GROUPS.map(({ value, label }) => (
        <ToggleGroupItem key={value} value={value} className="h-7">
          {label}
          <span className="font-normal text-muted-foreground tabular-nums">{count(value)}</span>
        </ToggleGroupItem>
      ))}
    </ToggleGroup>
  );
}

function InterviewGroup({
  heading,
  interviews,
  now,
}: {
  heading: string;
  interviews: Interview[];
  now: Date;
}) {
  return (
    <section className="min-w-0">
      <h2 className="mb-2 flex items-baseline gap-2 font-semibold">
        {heading}
        <span className="font-normal text-muted-foreground tabular-nums">{interviews.length}</span>
      </h2>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {interviews.map((interview) => (
          <InterviewRow key={interview.id} interview={interview} now={now} />
        ))}
      </ul>
    </section>
  );
}

function NoInterviews() {
  return (
    <EmptyState
      icon={CalendarPlusIcon}
      title="No interviews yet"
      action={
        <Button asChild>
          <Link to="/interviews/new">
            <PlusIcon />
            New interview
          </Link>
        </Button>
      }
    >
      Make one for now or for later. You get a personal link for your candidate, who needs no account.
    </EmptyState>
  );
}
