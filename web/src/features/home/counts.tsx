import { Link } from "@tanstack/react-router";
import type { Interview } from "@/api/types";
import { type Group, grouped } from "@/lib/interview-order";

const SHOWN = [
  { show: "live", label: "Live now", groups: ["live"] },
  { show: "upcoming", label: "Upcoming", groups: ["upcoming", "overdue"] },
  { show: "to_evaluate", label: "To evaluate", groups: ["to_evaluate", "to_decide"] },
  {
    show: "completed",
    label: "Completed",
    groups: ["to_evaluate", "to_decide", "held", "succeeded", "failed"],
  },
  { show: "succeeded", label: "Succeeded", groups: ["succeeded"] },
  { show: "failed", label: "Failed", groups: ["failed"] },
] as const satisfies readonly { show: string; label: string; groups: readonly Group[] }[];

/** How many interviews are where on their way; each number opens its list. */
export function Counts({ interviews, now }: { interviews: Interview[] | undefined; now: Date }) {
  if (!interviews || interviews.length === 0) return null;
  const groups = grouped(interviews, now);
  return (
    <nav aria-label="Interviews by state" className="rounded-xl border bg-card">
      <ul className="grid grid-cols-3 lg:grid-cols-6">
        {SHOWN.map(({ show, label, groups: counted }) => (
          <li key={show}>
            <Link
              to="/interviews"
              search={{ show }}
              className="-outline-offset-2 block rounded-xl px-4 py-3 transition-colors hover:bg-muted"
            >
              <span className="block font-semibold text-xl tabular-nums">
                {counted.reduce((sum, group) => sum + groups[group].length, 0)}
              </span>
              <span className="block truncate text-[13px] text-muted-foreground">{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
