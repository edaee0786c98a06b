/** What stood out on somebody's line, in sentences for people who read no charts. Pure. */
import type { Connection, Finding } from "@/api/connections";
import { decimal } from "@/lib/locale";
import { isolated } from "@/lib/person";
import { clockTime, type TimeStyle } from "@/lib/time";

/** One for each finding, or one that says that there is none. */
export function sentencesOf(person: Connection, style: TimeStyle): string[] {
  const found = person.findings.map((finding) => sentence(finding, isolated(person.name), style));
  const stoodOut = person.findings.some(({ kind }) => kind !== "over_tcp" && kind !== "relayed");
  return stoodOut ? found : [allWell(person), ...found];
}

function allWell({ rtt_ms, received_loss, sent_loss }: Connection): string {
  const losses = [received_loss, sent_loss].filter((loss) => loss !== null);
  if (losses.length === 0) return "Connected; nothing was sent either way yet.";
  const rtt = rtt_ms === null ? "" : `, ${Math.round(rtt_ms)} ms there and back`;
  return `Nothing stood out: ${percent(Math.max(...losses))} of packets lost${rtt}.`;
}

function sentence(finding: Finding, name: string, style: TimeStyle): string {
  const when = span(finding, style);
  switch (finding.kind) {
    case "lost_on_way_to":
      return `${name}’s line lost ${percent(finding.share ?? 0)} of packets ${when}${seen(finding.height)}.`;
    case "lost_on_way_from":
      return `${percent(finding.share ?? 0)} of what ${name} sent was lost ${when}: the others heard and saw gaps.`;
    case "slow":
      return `It took up to ${Math.round(finding.rtt_ms ?? 0)} ms to ${name} and back ${when}: people begin to talk at once.`;
    case "limited":
      return `${name}’s line was too narrow for the full picture ${when}${seen(finding.height)}.`;
    case "broken":
      return `${name}’s connection broke off ${times(finding.count ?? 0)}.`;
    case "never_connected":
      return `No sound or picture ever got through to ${name}: a firewall may stop them (UDP 7882, TCP 7881).`;
    case "resumed":
      return `${name} lost touch and came back by themselves ${times(finding.count ?? 0)}.`;
    case "over_tcp":
      return "Sound and pictures went over TCP, as no UDP got through: after a loss they wait for it.";
    case "relayed":
      return "Sound and pictures took the way around through a relay (TURN).";
  }
}

function seen(height: number | null): string {
  if (height === null) return "";
  return height === 0 ? "; pictures were paused" : `; they saw ${height}p`;
}

/** "at 10:04", or "between 10:04 and 10:07". */
function span({ began_at, ended_at }: Finding, style: TimeStyle): string {
  const [began, ended] = [began_at, ended_at].map((moment) => clockTime(new Date(moment), style));
  return began === ended ? `at ${began}` : `between ${began} and ${ended}`;
}

function times(count: number): string {
  return count === 1 ? "once" : count === 2 ? "twice" : `${count} times`;
}

/** "0 %", "0.4 %", "12 %". */
export function percent(share: number): string {
  const value = share * 100;
  if (value > 0 && value < 0.1) return `< ${decimal(0.1, 1)} %`;
  return `${decimal(value, value >= 10 || Number.isInteger(value) ? 0 : 1)} %`;
}

/** "450 kbit/s", "1.7 Mbit/s". */
export function bitRate(bps: number): string {
  return bps >= 999_500 ? `${decimal(bps / 1e6, 1)} Mbit/s` : `${Math.round(bps / 1000)} kbit/s`;
}

/** "640 KB", "12.4 MB". */
export function amount(octets: number): string {
  return octets >= 999_500 ? `${decimal(octets / 1e6, 1)} MB` : `${Math.round(octets / 1000)} KB`;
}

const SOURCES: Record<string, string> = {
  camera: "Camera",
  microphone: "Microphone",
  screen_share: "Screen",
  screen_share_audio: "Sound of the screen",
};

export function sourceName(source: string, kind: string): string {
  return SOURCES[source] ?? (kind === "video" ? "Video" : "Sound");
}

/** How media travelled. */
export function wayOf({ transport, candidate }: Connection): string {
  if (!transport) return "Not connected";
  const way =
    candidate === "relay" ? "through a relay" : candidate === "host" ? "direct" : "through a router";
  return `${transport.toUpperCase()}, ${way}`;
}
