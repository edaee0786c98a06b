/** Words for moments and lengths of time. Pure: the present moment, the zone and the clock's style are passed in. */

export interface TimeStyle {
  /** An IANA zone; the browser's own when left out. */
  zone?: string;
  hour12?: boolean;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** The clock's style the person's browser asks for: the words stay English, the hours are written as they know them. */
export function browserTimeStyle(): TimeStyle {
  const { hour12 } = new Intl.DateTimeFormat(undefined, { hour: "numeric" }).resolvedOptions();
  return { hour12: hour12 ?? false };
}

export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** The same moment on the clocks of another zone, or nothing where they show the same time. */
export function elsewhere(moment: Date, zone: string | null, here: TimeStyle): TimeStyle | null {
  if (!zone) return null;
  try {
    const there = { ...here, zone };
    const reads = (style: TimeStyle) => `${calendarDay(moment, style)} ${clockTime(moment, style)}`;
    return reads(there) === reads(here) ? null : there;
  } catch {
    // Not a zone, such as one that is still being typed.
    return null;
  }
}

function formatter(style: TimeStyle, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-GB", { timeZone: style.zone, ...options });
}

function calendarDay(moment: Date, style: TimeStyle): string {
  const parts = formatter(style, { year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(moment);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Whole calendar days from now to the moment, as a person counts them: tomorrow is 1 even if it is an hour away. */
export function daysUntil(moment: Date, now: Date, style: TimeStyle): number {
  return Math.round((Date.parse(calendarDay(moment, style)) - Date.parse(calendarDay(now, style))) / DAY);
}

export function clockTime(moment: Date, style: TimeStyle): string {
  const text = formatter(style, {
    hour: style.hour12 ? "numeric" : "2-digit",
    minute: "2-digit",
    hourCycle: style.hour12 ? "h12" : "h23",
  });
  return text.format(moment).replace(/ ?([ap])m/i, (_, half: string) => ` ${half.toLowerCase()}m`);
}

/** A full hour on the edge of a day's plan: "14:00" or "2 pm". */
export function hourName(hour: number, style: TimeStyle): string {
  const text = clockTime(new Date(2026, 0, 1, hour), { hour12: style.hour12 });
  return style.hour12 ? text.replace(":00", "") : text;
}

/** The zone's short name at that moment, such as "CET" or "GMT+5:30". */
export function zoneName(moment: Date, style: TimeStyle): string {
  const parts = formatter(style, { hour: "2-digit", timeZoneName: "short" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** "Today", "Tomorrow", "Yesterday", "Thu 27 Nov"; with the year when it is another one. */
export function dayName(moment: Date, now: Date, style: TimeStyle): string {
  const days = daysUntil(moment, now, style);
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  const sameYear = calendarDay(moment, style).slice(0, 4) === calendarDay(now, style).slice(0, 4);
  return formatter(style, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
  })
    .format(moment)
    .replaceAll(",", "");
}

/** "Thursday 27 November 2026", for pages that stand alone, such as a candidate's. */
export function longDay(moment: Date, style: TimeStyle): string {
  return formatter(style, { weekday: "long", day: "numeric", month: "long", year: "numeric" })
    .format(moment)
    .replaceAll(",", "");
}

export function dayAndTime(moment: Date, now: Date, style: TimeStyle): string {
  return `${dayName(moment, now, style)}, ${clockTime(moment, style)}`;
}

export function timeRange(start: Date, minutes: number, style: TimeStyle): string {
  const end = new Date(start.getTime() + minutes * MINUTE);
  const from = clockTime(start, style);
  const to = clockTime(end, style);
  const [, half] = to.split(" ");
  // "2:00 – 3:00 pm" reads better than the half-day said twice.
  return half && from.endsWith(half) ? `${from.slice(0, -half.length - 1)} – ${to}` : `${from} – ${to}`;
}

/** "in 12 min", "3 h ago", "now"; nothing when it is more than a day off, where the date says it better. */
export function nearness(moment: Date, now: Date): string {
  const difference = moment.getTime() - now.getTime();
  const size = Math.abs(difference);
  if (size < MINUTE) return "now";
  if (size >= DAY) return "";
  // Minutes matter for what is near; five hours and ten minutes are five hours.
  const exact = size < 4 * HOUR ? Math.round(size / MINUTE) : Math.round(size / HOUR) * 60;
  const amount = lengthOf(exact * 60);
  return difference > 0 ? `in ${amount}` : `${amount} ago`;
}

/** "48 s", "42 min", "1 h 5 min". */
export function lengthOf(seconds: number): string {
  if (seconds < 59.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
}

/** The value of <input type="date">, in local time. */
export function dateInputValue(moment: Date): string {
  return calendarDay(moment, {});
}

/** The value of <input type="time">, in local time. */
export function timeInputValue(moment: Date): string {
  return clockTime(moment, { hour12: false });
}

/** The next quarter of an hour that is at least ten minutes away: a start somebody may really mean. */
export function nextSlot(now: Date): Date {
  const quarter = 15 * MINUTE;
  return new Date(Math.ceil((now.getTime() + 10 * MINUTE) / quarter) * quarter);
}

/** Midnight where the reader is, at the beginning of a day (`2026-12-31`) or so many days after it; "" for no day. */
export function midnightOf(day: string, later = 0): string {
  const midnight = new Date(`${day}T00:00`);
  if (Number.isNaN(midnight.getTime())) return "";
  midnight.setDate(midnight.getDate() + later);
  return midnight.toISOString();
}
