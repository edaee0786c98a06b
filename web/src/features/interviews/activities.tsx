import { useLive } from "@/api/live";
import type { Activity, InterviewAct } from "@/api/types";
import { useNow } from "@/hooks/use-now";
import { dayAndTime, ownTimeStyle } from "@/lib/time";

const WORDS: Partial<Record<InterviewAct, string>> = {
  cancel: "cancelled the interview",
  mark_no_show: "noted that the candidate did not come",
  end: "ended the interview",
  offer_times: "sent the candidate times to choose from",
  decide: "decided",
  reopen: "reopened the decision",
};

/** What was done with the interview and why; nothing at all while nothing was. */
export function Activities({ interviewId }: { interviewId: string }) {
  const activities = useLive("interviews.activities", { interview_id: interviewId });
  const now = useNow();
  if (!activities.data || activities.data.length === 0) return null;
  return (
    <section>
      <h2 className="mb-3 font-semibold">Activity</h2>
      <ul className="grid gap-3">
        {activities.data.map((activity) => (
          <li key={activity.id} className="border-l-2 pl-3">
            <p className="break-words">
              {activity.act === "evaluate" ? (
                "All scorecards are in"
              ) : (
                <>
                  <bdi>
                    {activity.by?.name ?? (activity.act === "choose_time" ? "The candidate" : "Somebody")}
                  </bdi>{" "}
                  {wordsFor(activity, now)}
                </>
              )}
            </p>
            {activity.reason && <p className="break-words text-muted-foreground">“{activity.reason}”</p>}
            <p className="text-[13px] text-muted-foreground">
              {dayAndTime(new Date(activity.at), now, ownTimeStyle())}
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function wordsFor({ act, planned_after }: Activity, now: Date): string {
  if (act === "choose_time" && planned_after !== null)
    return `chose ${dayAndTime(new Date(planned_after), now, ownTimeStyle())}`;
  if (act !== "reschedule") return WORDS[act] ?? "changed the interview";
  if (planned_after === null) return "took the time away";
  return `moved it to ${dayAndTime(new Date(planned_after), now, ownTimeStyle())}`;
}
