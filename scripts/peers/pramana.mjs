/** `node scripts/peers/pramana.mjs ASKED` answers as `bench_reference.py` does; it cuts batches by itself. */
import { createInterface } from "node:readline";
import { built } from "../prepare.mjs";

const { folder, precision, threads } = JSON.parse(process.argv[2]);
const answer = (value) => console.log(JSON.stringify(value));
const { hubSettings, openSnapshot } = await built("datasets/hub.js");
const { openRepository } = await built("models/index.js");
const { readEnvironment } = await built("runners/environment.js");

const encoder = await open();
let texts = [];
for await (const line of createInterface({ input: process.stdin })) answer(await answerTo(JSON.parse(line)));
await encoder.close();

async function open() {
  try {
    const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings(process.env));
    const opened = await openRepository(snapshot, { device: "cpu", threads, precision });
    const { pramana, onnxruntime } = readEnvironment();
    answer({ versions: { pramana, "onnxruntime-node": onnxruntime }, precision });
    return opened;
  } catch (error) {
    answer({ error: error.message });
    process.exit(1);
  }
}

async function answerTo(request) {
  texts = request.texts ?? texts;
  if (request.batch === undefined) return {};
  let tokens = 0;
  const onProgress = (progress) => {
    tokens = progress.tokens;
  };
  const began = performance.now();
  const { data } = await encoder.encode(texts, { onProgress });
  const seconds = (performance.now() - began) / 1000;
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return request.vectors ? { seconds, tokens, vectors: bytes.toString("base64") } : { seconds };
}
