import type { TrackTotal } from "@/api/connections";
import { decimal } from "@/lib/locale";
import { lengthOf } from "@/lib/time";
import { amount, percent, sourceName } from "./words";

const HEADS = ["Packets", "Lost", "Sent again", "Asked for again", "Key frames asked for", "Data", "Jitter"];

/** What became of each track on its way from and to one person. */
export function TrackTable({ name, tracks }: { name: string; tracks: readonly TrackTotal[] }) {
  return (
    <section
      aria-label={`Tracks of ${name}`}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      className="overflow-x-auto rounded-lg border bg-card"
    >
      <table className="w-full min-w-4xl text-left text-[13px] tabular-nums">
        <thead className="text-muted-foreground">
          <tr className="border-b">
            <th scope="col" className="px-3 py-2 font-medium">
              Track
            </th>
            {HEADS.map((head) => (
              <th key={head} scope="col" className="px-3 py-2 text-right font-medium">
                {head}
              </th>
            ))}
            <th scope="col" className="px-3 py-2 font-medium">
              Pictures
            </th>
          </tr>
        </thead>
        <tbody className="divide-y">
          {tracks.map((track) => (
            <tr key={`${track.direction} ${track.track}`}>
              <th scope="row" className="px-3 py-2 font-normal">
                {sourceName(track.source, track.kind)}{" "}
                <span className="text-muted-foreground">
                  {track.direction === "sent" ? "sent" : <From name={track.publisher} />}, {track.codec}
                </span>
              </th>
              <Figure>{decimal(track.packets, 0)}</Figure>
              <Figure>
                {decimal(track.lost, 0)}
                {track.packets > 0 && ` (${percent(Math.min(1, track.lost / track.packets))})`}
              </Figure>
              <Figure>{decimal(track.repaired, 0)}</Figure>
              <Figure>{decimal(track.nacks, 0)}</Figure>
              <Figure>{decimal(track.plis, 0)}</Figure>
              <Figure>{amount(track.octets)}</Figure>
              <Figure>{Math.round(track.jitter_ms)} ms</Figure>
              <td className="px-3 py-2">{pictures(track)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function From({ name }: { name: string }) {
  return (
    <>
      of <bdi>{name || "somebody who left"}</bdi>
    </>
  );
}

function Figure({ children }: { children: React.ReactNode }) {
  return <td className="whitespace-nowrap px-3 py-2 text-right">{children}</td>;
}

/** "720p 9 min, 180p 40 s, paused twice". */
function pictures({ heights, pauses }: TrackTotal): string {
  const parts = [...heights]
    .sort((a, b) => b.seconds - a.seconds)
    .map(({ height, seconds }) => `${height}p ${lengthOf(seconds)}`);
  if (pauses > 0) parts.push(`paused ${pauses} ×`);
  return parts.join(", ");
}
