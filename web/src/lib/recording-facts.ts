/** What a list says about a recording: its people, its length, its size. */
import type { Recording } from "@/api/types";
import { decimal } from "./locale";

/** Names of who was recorded, each once; the candidate first, because that is whom one looks for. */
export function peopleIn(recording: Pick<Recording, "tracks">): string[] {
  const roles = new Map<string, { name: string; isCandidate: boolean }>();
  for (const { participant } of recording.tracks) {
    roles.set(participant.identity, {
      name: participant.name,
      isCandidate: participant.role === "candidate",
    });
  }
  return [...roles.values()]
    .sort((a, b) => Number(b.isCandidate) - Number(a.isCandidate))
    .map(({ name }) => name);
}

export function bytesIn(recording: Pick<Recording, "tracks">): number {
  return recording.tracks.reduce((sum, track) => sum + (track.size_bytes ?? 0), 0);
}

/** Seconds recorded; up to now while it runs. */
export function secondsOf(
  recording: Pick<Recording, "duration_s" | "started_at" | "stopped_at">,
  now: Date,
): number {
  if (recording.duration_s !== null) return recording.duration_s;
  const end = recording.stopped_at ? new Date(recording.stopped_at) : now;
  return Math.max(0, (end.getTime() - new Date(recording.started_at).getTime()) / 1000);
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** "940 kB", "12 MB", "1.4 GB". */
export function sizeLabel(bytes: number): string {
  let amount = bytes;
  let unit = 0;
  while (amount >= 999.5 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  return `${amount < 9.95 && unit > 1 ? decimal(amount, 1) : Math.round(amount)} ${UNITS[unit]}`;
}
