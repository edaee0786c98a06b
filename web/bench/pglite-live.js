// The peer of bench/live.py: PGlite's live queries, each for one row of one table, while single rows are changed.
// node pglite-live.js QUERIES WRITES EVERY_MS prints one line of JSON.
import { PGlite } from "@electric-sql/pglite";
import { live } from "@electric-sql/pglite/live";

const [queries, writes, everyMs] = process.argv.slice(2).map(Number);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const database = await PGlite.create({ extensions: { live } });
await database.exec("CREATE TABLE interview (id int PRIMARY KEY, title text NOT NULL)");
const shown = new Map();
let runs = 0;
let arrived = () => {};
for (let id = 0; id < queries; id++) {
  await database.query("INSERT INTO interview VALUES ($1, 'Title 0')", [id]);
  await database.live.query("SELECT * FROM interview WHERE id = $1", [id], ({ rows }) => {
    runs++;
    shown.set(id, rows[0].title);
    arrived(id);
  });
}
await pause(1000);

const delays = [];
runs = 0;
const cpu = process.cpuUsage();
for (let write = 1; write <= writes; write++) {
  const id = write % queries;
  const title = `Title ${write}`;
  const began = performance.now();
  const seen = new Promise((resolve) => {
    arrived = (changed) => {
      if (changed === id && shown.get(id) === title) resolve();
    };
  });
  await database.query("UPDATE interview SET title = $1 WHERE id = $2", [title, id]);
  await seen;
  delays.push(performance.now() - began);
  await pause(Math.max(0, everyMs - (performance.now() - began)));
}
const { user, system } = process.cpuUsage(cpu);
const { rows } = await database.query("SELECT id, title FROM interview");
const wrong = rows.filter(({ id, title }) => shown.get(id) !== title).length;
delays.sort((a, b) => a - b);
process.stdout.write(
  JSON.stringify({
    p50_ms: delays[Math.floor(delays.length / 2)],
    p99_ms: delays[Math.floor(delays.length * 0.99)],
    cpu_ms: (user + system) / 1000 / writes,
    runs: runs / writes,
    wrong,
  }),
);
await database.close();
