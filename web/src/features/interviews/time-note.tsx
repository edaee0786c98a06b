import { TriangleAlertIcon } from "lucide-react";
import type { Interview } from "@/api/types";
import { startOf } from "@/lib/interview-order";
import { listOf } from "@/lib/locale";
import { isolated } from "@/lib/person";
import { elsewhere, longDay, ownTimeStyle, timeRange, zoneName } from "@/lib/time";

interface TimeNoteProps {
  start: Date | null;
  minutes: number;
  now: Date;
  clashes: Interview[];
  candidateZone: string;
  interviewerIds: readonly number[];
}

/** What is to be said of a time: the candidate's clock, that it has passed, and whose interviews it overlaps with. */
export function TimeNote(props: TimeNoteProps) {
  const { start, minutes, now, clashes, interviewerIds } = props;
  const style = ownTimeStyle();
  const warnings: string[] = [];
  if (start && start < now) warnings.push("This time has passed.");
  for (const clash of clashes.slice(0, 2)) {
    const busy = clash.interviewers.filter(({ id }) => interviewerIds.includes(id));
    const who = listOf(busy.map(({ name }) => isolated(name)));
    const when = timeRange(startOf(clash), clash.duration_minutes, style);
    warnings.push(`${who}: “${clash.title}” is ${when}.`);
  }
  if (clashes.length > 2) warnings.push(`And with ${clashes.length - 2} more.`);
  const there = start && elsewhere(start, props.candidateZone, style);
  return (
    <>
      {start && there && (
        <p className="text-[13px] text-muted-foreground">
          For the candidate: {longDay(start, there)}, {timeRange(start, minutes, there)}{" "}
          {zoneName(start, there)}
        </p>
      )}
      {warnings.length > 0 && <Warnings warnings={warnings} />}
    </>
  );
}

function Warnings({ warnings }: { warnings: string[] }) {
  return (
    <div role="status" className="flex gap-2 text-[13px] text-warning">
      <TriangleAlertIcon className="mt-0.5 size-4 shrink-0" />
      <ul>
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </div>
  );
}
