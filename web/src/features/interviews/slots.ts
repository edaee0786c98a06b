/** Times in the order of days, for choosing among them. Pure. */
import type { TimeStyle } from "@/lib/time";
import { longDay } from "@/lib/time";

export interface Day<T> {
  day: Date;
  slots: T[];
}

export function byDay<T>(slots: readonly T[], startOf: (slot: T) => Date, style: TimeStyle): Day<T>[] {
  const days = new Map<string, Day<T>>();
  for (const slot of slots) {
    const day = startOf(slot);
    const name = longDay(day, style);
    const found = days.get(name);
    if (found) found.slots.push(slot);
    else days.set(name, { day, slots: [slot] });
  }
  return [...days.values()];
}
