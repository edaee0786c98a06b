// A peer of bench/sfu_forwarding.py: mediasoup with one worker, a router for each room and, for signalling, JSON over HTTP.
// node mediasoup-server.js FOLDER PORT MEDIA_HOST; FOLDER is where mediasoup was installed.
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { json } from "node:stream/consumers";

const [folder, port, mediaHost] = process.argv.slice(2);
const { createWorker } = createRequire(join(folder, "package.json"))("mediasoup");

const TRANSPORT_NUMBERS = "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01";
const mediaCodecs = [
  { kind: "audio", mimeType: "audio/opus", clockRate: 48000, channels: 2 },
  { kind: "video", mimeType: "video/VP8", clockRate: 90000 },
];
const worker = await createWorker({ logLevel: "error" });
worker.on("died", () => process.exit(1));
const rooms = new Map();

/** A transport that waits for the client, who begins the DTLS handshake. */
async function connect(router, fingerprint) {
  const transport = await router.createWebRtcTransport({ listenIps: [mediaHost] });
  await transport.connect({ dtlsParameters: { role: "client", fingerprints: [fingerprint] } });
  return transport;
}

function describe({ iceParameters, iceCandidates, dtlsParameters }) {
  return {
    ufrag: iceParameters.usernameFragment,
    password: iceParameters.password,
    fingerprint: dtlsParameters.fingerprints.find(({ algorithm }) => algorithm === "sha-256").value,
    host: iceCandidates[0].ip,
    port: iceCandidates[0].port,
  };
}

const actions = {
  async open({ room }) {
    rooms.set(room, { router: await worker.createRouter({ mediaCodecs }), producers: [] });
  },
  async publish({ room, fingerprint, tracks }) {
    const { router, producers } = rooms.get(room);
    const transport = await connect(router, fingerprint);
    for (const track of tracks) producers.push(await transport.produce(track));
    return describe(transport);
  },
  /** All that is published so far, with everything that a browser can: retransmissions and transport-wide feedback. */
  async subscribe({ room, fingerprint }) {
    const { router, producers } = rooms.get(room);
    const { rtpCapabilities } = router;
    const transport = await connect(router, fingerprint);
    for (const { id } of producers) await transport.consume({ producerId: id, rtpCapabilities });
    const { preferredId } = rtpCapabilities.headerExtensions.find(({ uri }) => uri === TRANSPORT_NUMBERS);
    return { ...describe(transport), transport_extension: preferredId };
  },
  async close({ room }) {
    rooms.get(room).router.close();
    rooms.delete(room);
  },
};

createServer(async (request, response) => {
  try {
    const result = await actions[request.url.slice(1)](await json(request));
    response.end(JSON.stringify(result ?? {}));
  } catch (error) {
    response.writeHead(500).end(String(error.stack));
  }
}).listen(Number(port), "127.0.0.1");
