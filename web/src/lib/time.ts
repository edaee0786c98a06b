/** Words for moments and lengths of time. Pure: the present moment is passed in, as are the zone and how days are written. */
import { locale } from "./locale";

export interface TimeStyle {
  /** An IANA zone; the browser's own when left out. */
  zone?: string;
  /** How days and hours are written; as the reader writes them when left out. */
  locale?: string;
}

/** Of what machines read: digits in a known order, 24 hours. */
const PLAIN = "en-GB";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** As the reader writes days and hours, where they are. */
export function ownTimeStyle(): TimeStyle {
  return { locale: locale() };
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
  return new Intl.DateTimeFormat(style.locale ?? locale(), { timeZone: style.zone, ...options });
}

/** "Thu 3 Dec" needs no commas; "Thu, Dec 3, 2026" does. Browsers differ on the former. */
function dayOf(moment: Date, style: TimeStyle, options: Intl.DateTimeFormatOptions): string {
  const parts = formatter(style, options).formatToParts(moment);
  const words = parts.map(({ value }) => value).join("");
  const placeOf = (type: string) => parts.findIndex((part) => part.type === type);
  return placeOf("month") < placeOf("day") ? words : words.replaceAll(",", "");
}

function hasHalfDays(style: TimeStyle): boolean {
  return formatter(style, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
}

function calendarDay(moment: Date, style: TimeStyle): string {
  const parts = formatter(
    { ...style, locale: PLAIN },
    { year: "numeric", month: "2-digit", day: "2-digit" },
  ).formatToParts(moment);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? "";
  return `${part("year")}-${part("month")}-${part("day")}`;
}

/** Whole calendar days from now to the moment, as a person counts them: tomorrow is 1 even if it is an hour away. */
export function daysUntil(moment: Date, now: Date, style: TimeStyle): number {
  return Math.round((Date.parse(calendarDay(moment, style)) - Date.parse(calendarDay(now, style))) / DAY);
}

export function clockTime(moment: Date, style: TimeStyle): string {
  const isHalved = hasHalfDays(style);
  const text = formatter(style, {
    hour: isHalved ? "numeric" : "2-digit",
    minute: "2-digit",
    hourCycle: isHalved ? "h12" : "h23",
  });
  // Some browsers put a narrow space before the half of the day, which not every typeface has.
  return text.format(moment).replace(/\s/g, " ");
}

/** A full hour on the edge of a day's plan: "14:00" or "2 pm". */
export function hourName(hour: number, { locale }: TimeStyle): string {
  const text = clockTime(new Date(2026, 0, 1, hour), { locale });
  return hasHalfDays({ locale }) ? text.replace(":00", "") : text;
}

/** The zone's short name at that moment, such as "CET" or "GMT+5:30". */
export function zoneName(moment: Date, style: TimeStyle): string {
  const parts = formatter(style, { hour: "2-digit", timeZoneName: "short" }).formatToParts(moment);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? "";
}

/** "Today", "Tomorrow", "Yesterday", "Thu 27 Nov" or "Thu, Nov 27"; with the year when it is another one. */
export function dayName(moment: Date, now: Date, style: TimeStyle): string {
  const days = daysUntil(moment, now, style);
  if (days === 0) return "Today";
  if (days === 1) return "Tomorrow";
  if (days === -1) return "Yesterday";
  const sameYear = calendarDay(moment, style).slice(0, 4) === calendarDay(now, style).slice(0, 4);
  return dayOf(moment, style, {
    weekday: "short",
    day: "numeric",
    month: "short",
    year: sameYear ? undefined : "numeric",
  });
}

/** "27 Nov 2026": a date that somebody chose. */
export function shortDay(moment: Date, style: TimeStyle): string {
  return dayOf(moment, style, { day: "numeric", month: "short", year: "numeric" });
}

/** "Thursday 27 November 2026" or "Thursday, November 27, 2026", for pages that stand alone, such as a candidate's. */
export function longDay(moment: Date, style: TimeStyle): string {
  return dayOf(moment, style, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
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
  return clockTime(moment, { locale: PLAIN });
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
