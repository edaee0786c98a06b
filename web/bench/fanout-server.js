// The peer of bench/fanout.py on Node: whoever sends a text makes all sockets hear the payload.
// node fanout-server.js PORT PAYLOAD_FILE
import { readFileSync } from "node:fs";
import { WebSocketServer } from "ws";

const [port, file] = process.argv.slice(2);
const payload = readFileSync(file, "utf8");
const server = new WebSocketServer({ host: "127.0.0.1", port: Number(port) });
server.on("connection", (socket) => {
  socket.on("message", () => {
    for (const each of server.clients) each.send(payload);
  });
});
