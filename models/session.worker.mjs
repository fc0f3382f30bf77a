/**
 * Worker thread that owns one ONNX Runtime session: a call of `run` blocks its thread, so it must not be the caller's.
 * Plain JavaScript, so that the same file serves the sources (tests) and the build. Protocol: `session.ts`.
 */

import { parentPort, workerData } from "node:worker_threads";
import { InferenceSession, Tensor } from "onnxruntime-node";

/** @typedef {import("./session.ts").Feeds} Feeds */
/** @typedef {import("./session.ts").Message} Message */
/** @typedef {import("./session.ts").SessionSettings} SessionSettings */
/** @typedef {import("./session.ts").TensorData} TensorData */

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
const settings = /** @type {SessionSettings} */ (workerData);

const session = await open(settings);
const inputTypes = new Map(session.inputMetadata.map((input) => [input.name, "type" in input ? input.type : "int32"]));
/** @type {Map<number, TensorData>} */
const held = new Map();
port.postMessage({ ready: { inputs: session.inputNames, outputs: session.outputNames } });

port.on("message", async (/** @type {Message} */ message) => {
  if (message.kind === "hold") held.set(message.key, message.tensor);
  else if (message.kind === "release") held.delete(message.key);
  else await run(message);
});

/** @param {Extract<Message, { kind: "run" }>} message */
async function run({ id, feeds, outputs }) {
  try {
    const results = await session.run(toTensors(feeds), outputs);
    const values = Object.fromEntries(
      outputs.map((name) => [name, { data: results[name]?.data, dims: results[name]?.dims }]),
    );
    port.postMessage({ id, values });
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

/** @param {SessionSettings} settings */
function open({ model, externalFolder, threads, device }) {
  return InferenceSession.create(/** @type {Uint8Array} */ (model), {
    executionProviders: device === "cuda" ? ["cuda", "cpu"] : ["cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(externalFolder === undefined
      ? {}
      : { extra: { session: { model_external_initializers_file_folder_path: externalFolder } } }),
  });
}

/** @param {Feeds} feeds */
function toTensors(feeds) {
  return Object.fromEntries(
    Object.entries(feeds)
      .filter(([name]) => inputTypes.has(name))
      .map(([name, value]) => [name, toTensor(name, "held" in value ? lookUp(value.held) : value)]),
  );
}

/** @param {number} key */
function lookUp(key) {
  const tensor = held.get(key);
  if (tensor) return tensor;
  throw new Error(`the tensor ${key} is not held`);
}

/**
 * Exported models ask for int64 ids, our own graphs for int32.
 * @param {string} name
 * @param {TensorData} value
 */
function toTensor(name, { data, dims }) {
  if (data instanceof Float32Array) return new Tensor("float32", data, dims);
  if (inputTypes.get(name) === "int64") return new Tensor("int64", BigInt64Array.from(data, BigInt), dims);
  return new Tensor("int32", data, dims);
}
