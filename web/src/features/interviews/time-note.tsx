import { TriangleAlertIcon } from "lucide-react";
import type { Interview } from "@/api/types";
import { startOf } from "@/lib/interview-order";
import { browserTimeStyle, timeRange } from "@/lib/time";

/** What speaks against a time: that it has passed, and whose interviews it overlaps with. */
export function TimeNote({ start, now, clashes }: { start: Date | null; now: Date; clashes: Interview[] }) {
  const style = browserTimeStyle();
  const warnings: string[] = [];
  if (start && start < now) warnings.push("This time has passed.");
  for (const clash of clashes.slice(0, 2)) {
    warnings.push(
      `Overlaps with “${clash.title}”, ${timeRange(startOf(clash), clash.duration_minutes, style)}.`,
    );
  }
  if (clashes.length > 2) warnings.push(`And with ${clashes.length - 2} more.`);
  if (warnings.length === 0) return null;
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
