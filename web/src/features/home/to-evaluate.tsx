import { Link } from "@tanstack/react-router";
import { useLivePages } from "@/api/live-pages";
import { PersonAvatar } from "@/components/person-avatar";
import { ShowMore } from "@/components/show-more";
import { Button } from "@/components/ui/button";
import { startOf } from "@/lib/interview-order";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

/** What waits for this person's own scorecard: the fresher the memory, the better the score. */
export function ToEvaluate({ now }: { now: Date }) {
  const interviews = useLivePages("interviews.list", { show: "my_scorecard" });
  const waiting = interviews.items;
  if (waiting.length === 0) return null;
  return (
    <section className="min-w-0">
      <h2 className="mb-2 font-semibold">Waiting for your scorecard</h2>
      <ul className="divide-y overflow-hidden rounded-xl border bg-card">
        {waiting.map((interview) => (
          <li key={interview.id} className="flex min-h-16 items-center gap-3 px-4 py-2.5">
            <PersonAvatar name={interview.candidate.name} className="size-9" />
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{interview.title}</p>
              <p className="truncate text-[13px] text-muted-foreground">
                <bdi>{interview.candidate.name ?? "Candidate not named"}</bdi>,{" "}
                {dayAndTime(startOf(interview), now, ownTimeStyle())}
              </p>
            </div>
            <Button asChild size="sm">
              <Link to="/interviews/$id/evaluation" params={{ id: interview.id }}>
                Evaluate
              </Link>
            </Button>
          </li>
        ))}
      </ul>
      <ShowMore pages={interviews}>Show older</ShowMore>
    </section>
  );
}
