import { Link } from "@tanstack/react-router";
import { CalendarPlusIcon, FilterXIcon, PlusIcon, XIcon } from "lucide-react";
import { useDeferredValue } from "react";
import { useLive } from "@/api/live";
import { PageHeader } from "@/components/app-shell";
import { EmptyState } from "@/components/empty-state";
import { ProblemNotice } from "@/components/problem-notice";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useNow } from "@/hooks/use-now";
import { useTitle } from "@/hooks/use-title";
import { dateInputValue, midnightOf } from "@/lib/time";
import { InterviewSection } from "./interview-section";
import { argsOf, hidingOf, type ListFilter, sectionsOf, wantedOf } from "./list-filter";
import { ListFilters } from "./list-filters";

interface InterviewsPageProps {
  filter: ListFilter;
  onChange: (change: ListFilter) => void;
  onClear: () => void;
}

/** All interviews by what there is to do with them; search and filters live in the address. */
export function InterviewsPage({ filter, onChange, onClear }: InterviewsPageProps) {
  useTitle("Interviews");
  const now = useNow();
  const sought = useDeferredValue(filter);
  const wanted = wantedOf(sought);
  const counts = useLive("interviews.counts", wanted);
  const people = useLive("interviewers.list", {}).data ?? [];
  const hiding = hidingOf(filter, people);
  const shown = sought.show ?? "all";
  const today = midnightOf(dateInputValue(now));
  const isEmpty = counts.data?.[shown] === 0;
  if (isEmpty && hiding.length === 0) return <NoInterviews />;
  return (
    <>
      <Header />
      <ListFilters
        filter={filter}
        counts={counts.data}
        people={people}
        onChange={onChange}
        onClear={hiding.length > 0 ? onClear : undefined}
      />
      {counts.problem && <ProblemNotice problem={counts.problem} />}
      {counts.isPending && <Skeleton className="h-96 rounded-xl" />}
      {isEmpty && (
        <NothingShown
          hiding={hiding}
          elsewhere={shown === "all" ? 0 : (counts.data?.all ?? 0)}
          onChange={onChange}
          onClear={onClear}
        />
      )}
      <div className="grid gap-8">
        {sectionsOf(shown).map((section) => {
          const args = argsOf(section, wanted, today);
          const key = `${section.show} ${section.planned}`;
          return args && !isEmpty && <InterviewSection key={key} args={args} now={now} />;
        })}
      </div>
    </>
  );
}

interface NothingShownProps {
  hiding: ReturnType<typeof hidingOf>;
  /** How many the other filters leave, that `show` hides. */
  elsewhere: number;
  onChange: (change: ListFilter) => void;
  onClear: () => void;
}

function NothingShown({ hiding, elsewhere, onChange, onClear }: NothingShownProps) {
  return (
    <EmptyState
      icon={FilterXIcon}
      title={`No interview is ${hiding.length === 1 ? "left by this filter" : "left by these filters"}`}
      action={
        <>
          {hiding.map(({ words, without }) => (
            <Button
              key={words}
              variant="outline"
              size="sm"
              aria-label={`Without ${words}`}
              onClick={() => onChange(without)}
            >
              <bdi>{words}</bdi>
              <XIcon />
            </Button>
          ))}
          {hiding.length > 1 && (
            <Button size="sm" onClick={onClear}>
              Clear all filters
            </Button>
          )}
        </>
      }
    >
      {elsewhere > 0 && hiding[0]
        ? `Without “${hiding[0].words}” there ${elsewhere === 1 ? "is 1" : `are ${elsewhere}`}.`
        : "Take one away to see more. Titles, candidates' names and their e-mail addresses are searched."}
    </EmptyState>
  );
}

function Header() {
  return (
    <PageHeader title="Interviews">
      <NewInterview />
    </PageHeader>
  );
}

function NewInterview() {
  return (
    <Button asChild>
      <Link to="/interviews/new">
        <PlusIcon />
        New interview
      </Link>
    </Button>
  );
}

function NoInterviews() {
  return (
    <>
      <Header />
      <EmptyState icon={CalendarPlusIcon} title="No interviews yet" action={<NewInterview />}>
        Make one for now or for later. You get a personal link for your candidate, who needs no account.
      </EmptyState>
    </>
  );
}
