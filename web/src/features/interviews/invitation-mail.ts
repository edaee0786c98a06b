/** The address that opens the person's own mail program with the invitation written. Pure. */
import type { Interview } from "@/api/types";
import { longDay, type TimeStyle, timeRange, zoneName } from "@/lib/time";

export function invitationMail(interview: Interview, style: TimeStyle): string {
  const { candidate, title, scheduled_for, duration_minutes } = interview;
  const lines = [
    `Hello${candidate.name ? ` ${candidate.name}` : ""},`,
    "",
    `this is your link for “${title}”:`,
    candidate.link_url ?? "",
    "",
  ];
  if (scheduled_for) {
    const start = new Date(scheduled_for);
    lines.push(
      `${longDay(start, style)}, ${timeRange(start, duration_minutes, style)} ${zoneName(start, style)}`,
      "",
    );
  }
  lines.push("It opens in your browser; there is nothing to install and no account to make.");
  const body = encodeURIComponent(lines.join("\r\n"));
  return `mailto:${encodeURIComponent(candidate.email ?? "")}?subject=${encodeURIComponent(title)}&body=${body}`;
}
