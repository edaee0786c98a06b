/**
 * `window.interviewStream.stats()`: what this call sends and receives right now, for support ("open the console and paste
 * this") and for end-to-end tests. Numbers are the browser's own getStats() counters since each track began.
 */
import type { Room, Track } from "livekit-client";
import type { CallSession } from "./call-session";

export interface StreamStats {
  direction: "outbound" | "inbound";
  identity: string;
  trackSid: string;
  source: Track.Source;
  kind: string;
  codec: string | undefined;
  /** The simulcast layer of an outbound stream. */
  rid: string | undefined;
  width: number | undefined;
  height: number | undefined;
  packets: number;
  bytes: number;
  packetsLost: number | undefined;
  framesEncoded: number | undefined;
  framesSent: number | undefined;
  framesReceived: number | undefined;
  framesDecoded: number | undefined;
  framesDropped: number | undefined;
  freezeCount: number | undefined;
  totalFreezesDuration: number | undefined;
  totalAudioEnergy: number | undefined;
  totalSamplesDuration: number | undefined;
  totalSamplesReceived: number | undefined;
  concealedSamples: number | undefined;
  jitter: number | undefined;
}

export interface CallStats {
  at: number;
  connection: string;
  identity: string;
  room: string;
  streams: StreamStats[];
}

declare global {
  interface Window {
    interviewStream?: { stats: () => Promise<CallStats> };
  }
}

/** Answers for this session until the returned function is called. */
export function offerDiagnostics(session: CallSession): () => void {
  const offer = { stats: () => statsOf(session) };
  window.interviewStream = offer;
  return () => {
    if (window.interviewStream === offer) delete window.interviewStream;
  };
}

async function statsOf(session: CallSession): Promise<CallStats> {
  const { room } = session;
  return {
    at: Date.now(),
    connection: session.snapshot().connection,
    identity: room.localParticipant.identity,
    room: room.name,
    streams: await streamsOf(room),
  };
}

async function streamsOf(room: Room): Promise<StreamStats[]> {
  const everyone = [room.localParticipant, ...room.remoteParticipants.values()];
  const tracks = everyone.flatMap((participant) =>
    participant
      .getTrackPublications()
      .flatMap(({ track, trackSid, source }) => (track ? [{ participant, track, trackSid, source }] : [])),
  );
  const streams = await Promise.all(
    tracks.map(async ({ participant, track, trackSid, source }) => {
      const report = [...((await track.getRTCStatsReport())?.values() ?? [])] as Report[];
      const direction = participant.isLocal ? "outbound" : "inbound";
      return report
        .filter((entry) => entry.type === `${direction}-rtp`)
        .map((entry) =>
          streamOf(entry, report, {
            direction,
            identity: participant.identity,
            trackSid,
            source,
            kind: track.kind,
          }),
        );
    }),
  );
  return streams.flat();
}

type Report = Record<string, number & string>;
type Owner = Pick<StreamStats, "direction" | "identity" | "trackSid" | "source" | "kind">;

function streamOf(entry: Report, report: Report[], owner: Owner): StreamStats {
  // The energy of what is sent is counted at its source, before the encoder.
  const source = report.find((other) => other.id === entry.mediaSourceId);
  return {
    ...owner,
    codec: report.find((other) => other.id === entry.codecId)?.mimeType,
    rid: entry.rid,
    width: entry.frameWidth,
    height: entry.frameHeight,
    packets: entry.packetsSent ?? entry.packetsReceived ?? 0,
    bytes: entry.bytesSent ?? entry.bytesReceived ?? 0,
    packetsLost: entry.packetsLost,
    framesEncoded: entry.framesEncoded,
    framesSent: entry.framesSent,
    framesReceived: entry.framesReceived,
    framesDecoded: entry.framesDecoded,
    framesDropped: entry.framesDropped,
    freezeCount: entry.freezeCount,
    totalFreezesDuration: entry.totalFreezesDuration,
    totalAudioEnergy: entry.totalAudioEnergy ?? source?.totalAudioEnergy,
    totalSamplesDuration: entry.totalSamplesDuration ?? source?.totalSamplesDuration,
    totalSamplesReceived: entry.totalSamplesReceived,
    concealedSamples: entry.concealedSamples,
    jitter: entry.jitter,
  };
}
