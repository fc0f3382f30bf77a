/**
 * `node scripts/webgpu.mjs MODEL …` compares vectors over WebGPU with the processor's, for folders or cached repositories,
 * over batches of made-up ids with padding: one line of JSON each, with the largest difference as a share of the largest
 * value, and the nodes that WebGPU left to the processor unasked. `--precision fp16` for the other precision, `--device
 * coreml` or another for another device. Ends with 1 where a difference is above a bound.
 */
import { parseArgs } from "node:util";
import { built, prepare } from "./prepare.mjs";

prepare();
const { openSnapshot } = await built("datasets/hub.js");
const { hubSettings } = await built("datasets/settings.js");
const { completeConfig } = await built("models/repository/known-configs.js");
const { readSpec } = await built("models/repository/spec.js");
const { madeUpBatch } = await built("models/runtime/batch-probe.js");
const { loadWritten } = await built("models/runtime/load.js");
const { formatOf } = await built("models/runtime/providers/index.js");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { precision: { type: "string", default: "fp32" }, device: { type: "string", default: "webgpu" } },
});
/** Largest difference that rounding explains. */
const bound = values.precision === "fp32" ? 1e-5 : 2e-2;
/** Texts and tokens of the batches: few tokens, and more than a group of a GPU's threads takes at once. */
const shapes = [
  [3, 7],
  [2, 60],
];

/** Makes a batch whose rows end in more and more padding. */
function paddedBatch([rows, width]) {
  const batch = madeUpBatch(rows, width);
  for (let row = 1; row < rows; row++)
    batch.mask.fill(0, (row + 1) * width - Math.min(3 * row, width - 1), (row + 1) * width);
  return batch;
}

async function encode(snapshot, modules, device) {
  const { runs, fallbacks, close } = await loadWritten(snapshot, modules, {
    device,
    threads: 1,
    format: formatOf(values.precision, device),
  });
  const vectors = [];
  for (const shape of shapes) vectors.push(...(await runs[0](paddedBatch(shape), 0)));
  await close();
  return { vectors, fallbacks };
}

let failed = positionals.length === 0;
for (const id of positionals) {
  const snapshot = await openSnapshot({ kind: "model", id }, hubSettings({ ...process.env, HF_HUB_OFFLINE: "1" }));
  const { modules } = completeConfig(id, (await readSpec(snapshot)).modules, {});
  const own = await encode(snapshot, modules, "cpu");
  const other = await encode(snapshot, modules, values.device);
  const most = own.vectors.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const apart = own.vectors.reduce((largest, value, i) => Math.max(largest, Math.abs(value - other.vectors[i])), 0);
  const difference = apart / most;
  if (!(difference <= bound)) failed = true;
  console.log(JSON.stringify({ model: id, values: own.vectors.length, difference, fallbacks: other.fallbacks }));
}
process.exitCode = failed ? 1 : 0;
