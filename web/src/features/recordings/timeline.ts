/** The timeline of a recording as the review page draws it: lanes, and what is on at a moment. */

export type TrackSource = "camera" | "microphone" | "screen_share" | "screen_share_audio";

export interface TimelineTrack {
  id: string;
  participant: { identity: string; name: string };
  source: TrackSource;
  segment: number;
  offset_s: number | null;
  duration_s: number | null;
}

export interface Bar {
  id: string;
  start: number;
  end: number;
}

export interface Lane {
  key: string;
  identity: string;
  name: string;
  source: TrackSource;
  bars: Bar[];
}

const SOURCE_ORDER: readonly TrackSource[] = ["microphone", "camera", "screen_share", "screen_share_audio"];

export const SOURCE_NAMES: Record<TrackSource, string> = {
  microphone: "Voice",
  camera: "Camera",
  screen_share: "Screen",
  screen_share_audio: "Screen sound",
};

/** One lane for each source of each person; segments of the same source (a share started again, an outage) share a lane. */
export function lanesOf(tracks: readonly TimelineTrack[]): Lane[] {
  const lanes = new Map<string, Lane>();
  const people: string[] = [];
  for (const track of tracks) {
    if (track.offset_s === null || track.duration_s === null) continue;
    const { identity, name } = track.participant;
    if (!people.includes(identity)) people.push(identity);
    const key = `${identity}/${track.source}`;
    const lane = lanes.get(key) ?? { key, identity, name, source: track.source, bars: [] };
    lane.bars.push({ id: track.id, start: track.offset_s, end: track.offset_s + track.duration_s });
    lanes.set(key, lane);
  }
  const rank = (lane: Lane) => people.indexOf(lane.identity) * 10 + SOURCE_ORDER.indexOf(lane.source);
  return [...lanes.values()].sort((a, b) => rank(a) - rank(b));
}

/** How long the recording is: its own word, or where its last track ends. */
export function lengthOf(duration: number | null, tracks: readonly TimelineTrack[]): number {
  const ends = tracks.map((track) => (track.offset_s ?? 0) + (track.duration_s ?? 0));
  return Math.max(duration ?? 0, 0, ...(duration === null ? ends : []));
}

/** `lead`: seconds before its start from which it counts as on. */
export function isOnAt(track: TimelineTrack, position: number, lead = 0): boolean {
  if (track.offset_s === null || track.duration_s === null) return false;
  return position >= track.offset_s - lead && position < track.offset_s + track.duration_s;
}

/** The gap of the recording at a moment, if nothing was kept then. */
export function gapAt<Gap extends { start_s: number; end_s: number }>(
  gaps: readonly Gap[],
  position: number,
): Gap | undefined {
  return gaps.find((gap) => position >= gap.start_s && position < gap.end_s);
}

/** Where the ticks of the ruler lie, so that about `most` of them fit. */
export function rulerTicks(duration: number, most: number): number[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
  const step = steps.find((candidate) => duration / candidate <= most) ?? 7200;
  const ticks: number[] = [];
  // A label at the very end would stick out.
  for (let at = 0; at < duration * 0.96; at += step) ticks.push(at);
  return ticks;
}
