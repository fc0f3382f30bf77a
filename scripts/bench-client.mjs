// How fast the requests of `pramana bench` go out and their answers are read, beside a server that answers at once with
// the same bytes: what a server could show at most. Beside it the processor's time of a request, and the same by `fetch`.
// Usage: node scripts/bench-client.mjs [--seconds 2]
import { fork } from "node:child_process";
import { createServer } from "node:http";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const dimensions = 384;
const texts = [1, 32];
const concurrency = [1, 8, 32];
const wordsOfText = 60;

if (process.argv[2] === "server") serve();
else await measure(Number(parseArgs({ options: { seconds: { type: "string", default: "2" } } }).values.seconds));

/** Answers every request with vectors that were written once for each number of texts. */
function serve() {
  const vector = Array.from({ length: dimensions }, (_, i) => Math.fround(Math.sin(i + 1) / 14));
  const bodies = new Map(
    texts.map((count) => {
      const data = Array.from({ length: count }, (_, index) => ({ object: "embedding", index, embedding: vector }));
      const tokens = count * wordsOfText;
      return [
        String(count),
        Buffer.from(JSON.stringify({ data, usage: { prompt_tokens: tokens, total_tokens: tokens } })),
      ];
    }),
  );
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      const body = bodies.get(new URL(request.url, "http://host").searchParams.get("texts"));
      response.writeHead(200, { "content-type": "application/json", "content-length": body.length });
      response.end(body);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send(server.address().port));
  process.on("disconnect", () => process.exit());
}

async function measure(seconds) {
  const { openPool } = await import("../build/datasets/pool.js");
  const { askOnce } = await import("../build/models/endpoint/ask.js");
  const { parseEndpoint } = await import("../build/models/endpoint/address.js");
  const child = fork(fileURLToPath(import.meta.url), ["server"]);
  const port = await new Promise((resolve) => child.once("message", resolve));
  const clock = () => performance.now() / 1000;
  const { signal } = new AbortController();
  console.log(`${cpus()[0].model}, ${cpus().length} threads; Node ${process.versions.node}\n`);
  console.log("| texts a request | at once | by | requests/s | ms of processor a request |");
  console.log("| --: | --: | -- | --: | --: |");
  for (const count of texts) {
    const endpoint = parseEndpoint(`http://127.0.0.1:${port}/v1?texts=${count}#m`);
    const input = Array.from({ length: count }, () => "measure ".repeat(wordsOfText));
    for (const lanes of concurrency) {
      const pool = await openPool(lanes);
      for (const [name, settings] of [
        ["pool", { send: pool.send }],
        ["fetch", {}],
      ]) {
        const run = async (until) => {
          let answered = 0;
          const lane = async () => {
            while (clock() < until) {
              const asked = await askOnce(endpoint, input, settings, clock, signal);
              if ("kind" in asked) throw new Error(asked.failure);
              answered++;
            }
          };
          await Promise.all(Array.from({ length: lanes }, lane));
          return answered;
        };
        await run(clock() + 0.3);
        const [began, before] = [clock(), process.cpuUsage()];
        const answered = await run(began + seconds);
        const spent = clock() - began;
        const { user, system } = process.cpuUsage(before);
        const processor = (user + system) / 1000 / answered;
        console.log(`| ${count} | ${lanes} | ${name} | ${(answered / spent).toFixed(0)} | ${processor.toFixed(2)} |`);
      }
      await pool.close();
    }
  }
  child.disconnect();
}
