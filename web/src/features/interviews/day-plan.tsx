import { Link } from "@tanstack/react-router";
import type { Interview } from "@/api/types";
import { cn } from "@/lib/cn";
import { startOf } from "@/lib/interview-order";
import { browserTimeStyle, clockTime, dayName, daysUntil, timeRange } from "@/lib/time";
import { type Block, dayBlocks, hoursShown, minutesIntoDay } from "./day-blocks";

const HOUR_PX = 44;

interface DayPlanProps {
  plan: { start: Date; minutes: number; title: string };
  interviews: readonly Interview[];
  now: Date;
}

/** The day of a plan with everyone's interviews, and the plan among them. */
export function DayPlan({ plan, interviews, now }: DayPlanProps) {
  const style = browserTimeStyle();
  const sameDay = interviews.filter((each) => daysUntil(startOf(each), plan.start, style) === 0);
  const blocks = dayBlocks([
    ...sameDay.map((each) => ({
      id: each.id,
      start: startOf(each),
      minutes: each.duration_minutes,
      interview: each,
    })),
    { id: "plan", start: plan.start, minutes: plan.minutes, interview: null },
  ]);
  const { first, last } = hoursShown(blocks);
  const top = (minutes: number) => ((minutes - first * 60) / 60) * HOUR_PX;
  const isToday = daysUntil(plan.start, now, style) === 0;
  return (
    <aside aria-label="The day's interviews" className="h-fit rounded-xl border bg-card p-4">
      <div className="mb-3 flex items-baseline justify-between gap-3">
        <h2 className="font-semibold">{dayName(plan.start, now, style)}</h2>
        <p className="text-[13px] text-muted-foreground">
          {sameDay.length === 0 ? "Nothing else planned" : `${sameDay.length} planned`}
        </p>
      </div>
      <div className="relative" style={{ height: (last - first) * HOUR_PX + 8 }}>
        {Array.from({ length: last - first + 1 }, (_, index) => first + index).map((hour) => (
          <div
            key={hour}
            className="absolute inset-x-0 flex items-center gap-2"
            style={{ top: top(hour * 60) }}
          >
            <span className="w-11 -translate-y-px text-right text-[11px] text-muted-foreground tabular-nums">
              {clockTime(new Date(2026, 0, 1, hour), style)}
            </span>
            <span className="h-px flex-1 bg-border" />
          </div>
        ))}
        <div className="absolute inset-y-0 right-0 left-13 mt-2">
          {blocks.map((block) => (
            <PlanBlock key={block.id} block={block} title={plan.title} top={top(block.from)} />
          ))}
          {isToday && minutesIntoDay(now) >= first * 60 && minutesIntoDay(now) <= last * 60 && (
            <div
              className="absolute inset-x-0 h-px bg-foreground before:absolute before:-top-[3px] before:-left-1 before:size-[7px] before:rounded-full before:bg-foreground"
              style={{ top: top(minutesIntoDay(now)) }}
            />
          )}
        </div>
      </div>
    </aside>
  );
}

type PlannedBlock = Block & { interview: Interview | null; start: Date; minutes: number };

function PlanBlock({ block, title, top }: { block: PlannedBlock; title: string; top: number }) {
  const { interview } = block;
  const height = Math.max(22, ((block.to - block.from) / 60) * HOUR_PX - 2);
  const box = cn(
    "absolute overflow-hidden rounded-md border px-2 py-0.5 text-xs leading-4 transition-[top,height]",
    interview ? "bg-secondary hover:border-input" : "z-10 border-live bg-live-surface",
    interview?.state === "ended" && "opacity-60",
  );
  const place = {
    top,
    height,
    left: `${(block.column / block.columns) * 100}%`,
    width: `calc(${100 / block.columns}% - 2px)`,
  };
  const text = (
    <>
      <span className="block truncate font-medium">
        {interview ? interview.title : title.trim() || "This interview"}
      </span>
      {height > 36 && (
        <span className="block truncate text-muted-foreground">
          {timeRange(block.start, block.minutes, browserTimeStyle())}
        </span>
      )}
    </>
  );
  return interview ? (
    <Link to="/interviews/$id" params={{ id: interview.id }} className={box} style={place}>
      {text}
    </Link>
  ) : (
    <div className={box} style={place}>
      {text}
    </div>
  );
}
