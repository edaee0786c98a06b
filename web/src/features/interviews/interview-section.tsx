import { useLivePages } from "@/api/live-pages";
import type { Interview, InterviewFilter, Show } from "@/api/types";
import { ProblemNotice } from "@/components/problem-notice";
import { ShowMore } from "@/components/show-more";
import { Skeleton } from "@/components/ui/skeleton";
import { type Group, groupOf } from "@/lib/interview-order";
import { InterviewRow } from "./interview-row";

const HEADINGS: Record<Group, string> = {
  live: "Live now",
  upcoming: "Upcoming",
  overdue: "Past, not ended",
  to_evaluate: "To evaluate",
  to_decide: "To decide",
  held: "Decided and called off",
  succeeded: "Decided and called off",
  failed: "Decided and called off",
  off: "Decided and called off",
};

interface InterviewSectionProps {
  args: InterviewFilter & { show: Show };
  now: Date;
}

/** One list of the page, with the next pages below it; nothing where there are none. */
export function InterviewSection({ args, now }: InterviewSectionProps) {
  const pages = useLivePages("interviews.list", args);
  if (pages.problem) return <ProblemNotice problem={pages.problem} />;
  if (pages.isPending) return <Skeleton className="h-40 rounded-xl" />;
  if (pages.items.length === 0) return null;
  return (
    <div className="min-w-0">
      <div className="grid gap-8">
        {[...headed(pages.items, now)].map(([heading, interviews]) => (
          <section key={heading} className="min-w-0">
            <h2 className="mb-2 font-semibold">{heading}</h2>
            <ul className="divide-y overflow-hidden rounded-xl border bg-card">
              {interviews.map((interview) => (
                <InterviewRow key={interview.id} interview={interview} now={now} />
              ))}
            </ul>
          </section>
        ))}
      </div>
      <ShowMore pages={pages}>Show more</ShowMore>
    </div>
  );
}

/** In the order in which they came, under what there is to do with them. */
function headed(interviews: readonly Interview[], now: Date): Map<string, Interview[]> {
  const found = new Map<string, Interview[]>();
  for (const interview of interviews) {
    const heading = HEADINGS[groupOf(interview, now)];
    found.set(heading, [...(found.get(heading) ?? []), interview]);
  }
  return found;
}
