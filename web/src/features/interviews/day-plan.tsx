import { Link } from "@tanstack/react-router";
import { ChevronLeftIcon, ChevronRightIcon } from "lucide-react";
import type { MouseEvent } from "react";
import type { Interview } from "@/api/types";
import { Button } from "@/components/ui/button";
import { cn } from "@/lib/cn";
import { isInTheWay, startOf } from "@/lib/interview-order";
import { dayName, daysUntil, hourName, ownTimeStyle, timeRange } from "@/lib/time";
import { type Block, dayBlocks, hoursShown, minutesIntoDay } from "./day-blocks";

const HOUR_PX = 44;
const STEP_MINUTES = 15;

interface DayPlanProps {
  plan: { start: Date; minutes: number; title: string };
  interviews: readonly Interview[];
  now: Date;
  /** Somebody picked another time by pointing at it. */
  onPick: (start: Date) => void;
}

/** The day of a plan with everyone's interviews, and the plan among them. A click on a free place moves the plan there. */
export function DayPlan({ plan, interviews, now, onPick }: DayPlanProps) {
  const style = ownTimeStyle();
  const sameDay = interviews.filter(
    (each) => isInTheWay(each) && daysUntil(startOf(each), plan.start, style) === 0,
  );
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
  const nowMinutes = minutesIntoDay(now);
  const showsNow =
    daysUntil(plan.start, now, style) === 0 && nowMinutes >= first * 60 && nowMinutes <= last * 60;
  const pick = (event: MouseEvent<HTMLElement>) => {
    const offset = event.clientY - event.currentTarget.getBoundingClientRect().top;
    const minutes = first * 60 + Math.floor(((offset / HOUR_PX) * 60) / STEP_MINUTES) * STEP_MINUTES;
    const start = new Date(plan.start);
    start.setHours(0, minutes, 0, 0);
    onPick(start);
  };
  return (
    <aside
      aria-label="The day's interviews"
      className="h-fit rounded-xl border bg-card p-4 lg:sticky lg:top-6 lg:max-h-[calc(100dvh-3rem)] lg:overflow-y-auto"
    >
      <DayHeading plan={plan} now={now} count={sameDay.length} onPick={onPick} />
      <div className="relative" style={{ height: (last - first) * HOUR_PX + 16 }}>
        {Array.from({ length: last - first + 1 }, (_, index) => first + index).map((hour) => (
          <div
            key={hour}
            className="absolute inset-x-0 flex h-4 items-center gap-2"
            style={{ top: top(hour * 60) }}
          >
            <span className="w-12 text-right text-[11px] text-muted-foreground leading-4 tabular-nums">
              {hourName(hour, style)}
            </span>
            <span className="h-px flex-1 bg-border" />
          </div>
        ))}
        <div className="absolute top-2 right-0 bottom-2 left-14">
          {/* Pointing is the short way; the fields of the form are the way for keyboards. */}
          <div aria-hidden="true" onClick={pick} className="absolute inset-0 cursor-pointer" />
          {blocks.map((block) => (
            <PlanBlock key={block.id} block={block} title={plan.title} top={top(block.from)} />
          ))}
          {showsNow && (
            <div
              className="pointer-events-none absolute inset-x-0 z-20 h-px bg-foreground before:absolute before:-top-[3px] before:-left-1 before:size-[7px] before:rounded-full before:bg-foreground"
              style={{ top: top(nowMinutes) }}
            />
          )}
        </div>
      </div>
    </aside>
  );
}

function DayHeading(props: Pick<DayPlanProps, "plan" | "now" | "onPick"> & { count: number }) {
  const { plan, now, count, onPick } = props;
  const move = (days: number) => {
    const start = new Date(plan.start);
    start.setDate(start.getDate() + days);
    onPick(start);
  };
  return (
    <div className="mb-2 flex items-center justify-between gap-3">
      <div>
        <h2 className="font-semibold">{dayName(plan.start, now, ownTimeStyle())}</h2>
        <p className="text-[13px] text-muted-foreground">
          {count === 0 ? "Nothing else planned" : `${count} planned`}
        </p>
      </div>
      <div className="-mr-1 flex">
        <Button variant="ghost" size="icon-sm" aria-label="The day before" onClick={() => move(-1)}>
          <ChevronLeftIcon />
        </Button>
        <Button variant="ghost" size="icon-sm" aria-label="The day after" onClick={() => move(1)}>
          <ChevronRightIcon />
        </Button>
      </div>
    </div>
  );
}

type PlannedBlock = Block & { interview: Interview | null; start: Date; minutes: number };

function PlanBlock({ block, title, top }: { block: PlannedBlock; title: string; top: number }) {
  const { interview } = block;
  const height = Math.max(20, ((block.to - block.from) / 60) * HOUR_PX - 2);
  const box = cn(
    "absolute overflow-hidden rounded-md border px-2 text-xs leading-4",
    height > 36 ? "py-1" : "flex items-center",
    interview ? "bg-secondary transition-colors hover:border-input" : "z-10 border-live bg-live-surface",
  );
  const place = {
    top: top + 1,
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
          {timeRange(block.start, block.minutes, ownTimeStyle())}
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
