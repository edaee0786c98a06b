/**
 * A few seconds of a call with oneself: a made picture goes to the media engine and comes back on a second connection, so that
 * both directions are measured on the way that the call will take. No camera and no microphone is opened.
 */

import { LocalVideoTrack, type RemoteTrack, Room, RoomEvent, Track } from "livekit-client";
import type { NetworkTest } from "@/api/types";
import { pause } from "@/lib/pause";
import type { LineReport } from "./line-verdict";

const MEASURE_MS = 6000;
const CONNECT_WITHIN_MS = 20_000;
const SENT_BPS = 2_500_000;

/** Nothing came through at all. */
export class NoWayThrough extends Error {}

export async function tryLine(test: NetworkTest, onProgress: (share: number) => void): Promise<LineReport> {
  const sender = new Room();
  const receiver = new Room();
  const picture = startPicture();
  try {
    const received = await within(connectAll(test, sender, receiver, picture.track), CONNECT_WITHIN_MS);
    const before = await sample(picture.track, received);
    await countUp(onProgress);
    return reportOf(before, await sample(picture.track, received));
  } finally {
    picture.stop();
    await Promise.all([sender.disconnect(), receiver.disconnect()]);
  }
}

async function connectAll(
  test: NetworkTest,
  sender: Room,
  receiver: Room,
  picture: LocalVideoTrack,
): Promise<RemoteTrack> {
  const arrival = new Promise<RemoteTrack>((resolve) => receiver.once(RoomEvent.TrackSubscribed, resolve));
  await Promise.all([sender.connect(test.url, test.sender), receiver.connect(test.url, test.receiver)]);
  await sender.localParticipant.publishTrack(picture, {
    source: Track.Source.Camera,
    simulcast: false,
    videoCodec: "vp8",
    videoEncoding: { maxBitrate: SENT_BPS, maxFramerate: 30 },
  });
  const received = await arrival;
  await firstBytes(received);
  return received;
}

/** Coloured noise, because a still picture would need no line at all. */
function startPicture(): { track: LocalVideoTrack; stop: () => void } {
  const canvas = document.createElement("canvas");
  canvas.width = 960;
  canvas.height = 540;
  const context = canvas.getContext("2d");
  const draw = () => {
    if (context === null) return;
    for (let spot = 0; spot < 160; spot += 1) {
      context.fillStyle = `hsl(${Math.random() * 360} 70% 50%)`;
      context.fillRect(Math.random() * canvas.width, Math.random() * canvas.height, 60, 60);
    }
  };
  draw();
  const timer = window.setInterval(draw, 33);
  const [captured] = canvas.captureStream(30).getVideoTracks();
  if (captured === undefined) throw new NoWayThrough("no picture could be made");
  return {
    track: new LocalVideoTrack(captured, undefined, true),
    stop: () => {
      window.clearInterval(timer);
      captured.stop();
    },
  };
}

interface Sample {
  at: number;
  sentBytes: number;
  receivedBytes: number;
  received: number;
  lostDown: number;
  lostUp: number;
  roundTripMs: number | undefined;
  path: LineReport["path"];
}

type Entry = Record<string, number & string>;

async function sample(sent: LocalVideoTrack, received: RemoteTrack): Promise<Sample> {
  const up = await entriesOf(sent);
  const inbound = (await entriesOf(received)).find(({ type }) => type === "inbound-rtp");
  const outbound = up.find(({ type }) => type === "outbound-rtp");
  const remote = up.find(({ type }) => type === "remote-inbound-rtp");
  const pair = up.find(
    ({ type, state, bytesSent }) => type === "candidate-pair" && state === "succeeded" && bytesSent,
  );
  const local = up.find(({ id }) => id === pair?.localCandidateId);
  const roundTripS = pair?.currentRoundTripTime ?? remote?.roundTripTime;
  return {
    at: performance.now(),
    sentBytes: outbound?.bytesSent ?? 0,
    receivedBytes: inbound?.bytesReceived ?? 0,
    received: inbound?.packetsReceived ?? 0,
    lostDown: Math.max(0, inbound?.packetsLost ?? 0),
    lostUp: remote?.fractionLost ?? 0,
    roundTripMs: roundTripS === undefined ? undefined : roundTripS * 1000,
    path: local?.protocol === "udp" || local?.protocol === "tcp" ? local.protocol : "unknown",
  };
}

async function entriesOf(track: LocalVideoTrack | RemoteTrack): Promise<Entry[]> {
  return [...((await track.getRTCStatsReport())?.values() ?? [])] as Entry[];
}

function reportOf(before: Sample, after: Sample): LineReport {
  const milliseconds = Math.max(1, after.at - before.at);
  const lost = after.lostDown - before.lostDown;
  const seen = after.received - before.received + lost;
  return {
    path: after.path,
    roundTripMs: after.roundTripMs,
    loss: Math.min(1, Math.max(0, after.lostUp, seen > 0 ? lost / seen : 1)),
    upKbps: ((after.sentBytes - before.sentBytes) * 8) / milliseconds,
    downKbps: ((after.receivedBytes - before.receivedBytes) * 8) / milliseconds,
  };
}

async function firstBytes(track: RemoteTrack): Promise<void> {
  for (;;) {
    const inbound = (await entriesOf(track)).find(({ type }) => type === "inbound-rtp");
    if ((inbound?.bytesReceived ?? 0) > 0) return;
    await pause(200);
  }
}

async function countUp(onProgress: (share: number) => void): Promise<void> {
  const steps = 24;
  for (let step = 1; step <= steps; step += 1) {
    await pause(MEASURE_MS / steps);
    onProgress(step / steps);
  }
}

function within<Value>(work: Promise<Value>, milliseconds: number): Promise<Value> {
  const late = pause(milliseconds).then(() => {
    throw new NoWayThrough("nothing came through in time");
  });
  return Promise.race([work, late]);
}
