/**
 * `node scripts/imitate-training.mjs MODEL FOLDER 500=0.6,1000=0.3,1500=0.9 [--pause SECONDS]` writes checkpoints of a
 * model with noise on its weights, as a trainer would, to try `pramana watch` on: one after the other, weights last and
 * slowly, every second one under a temporary name that is then changed. MODEL is a folder; the numbers are steps and
 * the noise in standard deviations of each tensor, with the steps as seeds. Weights become single precision.
 */
import { appendFileSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { built, prepare } from "./prepare.mjs";

prepare();
const { fromHalf } = await built("models/precomputed/floats.js");
const { legacyNumpyRandom } = await built("datasets/random/numpy.js");

const [model, folder, plan, flag, pause = "1"] = process.argv.slice(2);
if (plan === undefined || (flag !== undefined && flag !== "--pause")) {
  console.error("usage: node scripts/imitate-training.mjs MODEL FOLDER STEP=NOISE,STEP=NOISE [--pause SECONDS]");
  process.exit(2);
}

/** Number of pieces in which a file of weights is written. */
const pieces = 5;

function valuesOf(bytes, type) {
  const halves = new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  if (type === "F16") return Float32Array.from(halves, fromHalf);
  if (type === "F32") return new Float32Array(halves.buffer);
  throw new Error(`a tensor of ${type}; F16 and F32 can be disturbed`);
}

/** Draws standard normal numbers, two at a time (Box and Muller). */
function* normals(seed) {
  const random = legacyNumpyRandom(seed);
  while (true) {
    const radius = Math.sqrt(-2 * Math.log(1 - random.randomSample()));
    const angle = 2 * Math.PI * random.randomSample();
    yield radius * Math.cos(angle);
    yield radius * Math.sin(angle);
  }
}

/** Adds noise to every tensor of a safetensors file. */
function disturbed(bytes, noise, seed) {
  const headerBytes = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.subarray(8, 8 + headerBytes).toString());
  const draws = normals(seed);
  const parts = [];
  const entries = {};
  let end = 0;
  for (const [name, entry] of Object.entries(header)) {
    // Whole numbers are places of tokens, which models count themselves.
    if (name === "__metadata__" || entry.dtype === "I64") continue;
    const [from, to] = entry.data_offsets;
    const values = valuesOf(bytes.subarray(8 + headerBytes + from, 8 + headerBytes + to), entry.dtype);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const noisy = noise === 0 ? values : values.map((value) => value + noise * spread * draws.next().value);
    parts.push(Buffer.from(noisy.buffer));
    entries[name] = { dtype: "F32", shape: entry.shape, data_offsets: [end, end + noisy.byteLength] };
    end += noisy.byteLength;
  }
  const text = Buffer.from(JSON.stringify(entries));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...parts]);
}

const files = readdirSync(model, { recursive: true }).filter((path) => statSync(join(model, path)).isFile());
const [weights, others] = [true, false].map((wanted) =>
  files.filter((path) => path.endsWith(".safetensors") === wanted),
);

for (const [i, pair] of plan.split(",").entries()) {
  const [step, noise] = pair.split("=");
  const name = `checkpoint-${step}`;
  const target = join(folder, i % 2 === 1 ? `tmp-${name}` : name);
  for (const path of others) {
    mkdirSync(dirname(join(target, path)), { recursive: true });
    writeFileSync(join(target, path), readFileSync(join(model, path)));
  }
  for (const path of weights) {
    const bytes = disturbed(readFileSync(join(model, path)), Number(noise), Number(step));
    mkdirSync(dirname(join(target, path)), { recursive: true });
    for (let piece = 0; piece < pieces; piece++) {
      const [from, to] = [piece, piece + 1].map((at) => Math.floor((bytes.length * at) / pieces));
      appendFileSync(join(target, path), bytes.subarray(from, to));
      await wait((Number(pause) * 1000) / pieces);
    }
  }
  if (i % 2 === 1) renameSync(target, join(folder, name));
  console.log(`${name}: noise ${noise}`);
}
