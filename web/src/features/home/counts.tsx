import { Link } from "@tanstack/react-router";
import type { InterviewCounts } from "@/api/types";

const SHOWN = [
  { show: "live", label: "Live now" },
  { show: "upcoming", label: "Upcoming" },
  { show: "to_evaluate", label: "To evaluate" },
  { show: "completed", label: "Completed" },
  { show: "succeeded", label: "Succeeded" },
  { show: "failed", label: "Failed" },
] as const;

/** How many interviews are where on their way; each number opens its list. */
export function Counts({ counts }: { counts: InterviewCounts | undefined }) {
  if (!counts || counts.all === 0) return null;
  return (
    <nav aria-label="Interviews by state" className="rounded-xl border bg-card">
      <ul className="grid grid-cols-3 lg:grid-cols-6">
        {SHOWN.map(({ show, label }) => (
          <li key={show}>
            <Link
              to="/interviews"
              search={{ show }}
              className="-outline-offset-2 block rounded-xl px-4 py-3 transition-colors hover:bg-muted"
            >
              <span className="block font-semibold text-xl tabular-nums">{counts[show]}</span>
              <span className="block truncate text-[13px] text-muted-foreground">{label}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
