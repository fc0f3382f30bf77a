/**
 * This worker thread owns one ONNX Runtime session: a call of `run` blocks its thread, which must not be the caller's.
 * It is plain JavaScript, so that the same file serves the sources (tests) and the build, and no ES module, with which
 * a session takes nearly twice as long to open. `session.ts` has the protocol.
 */

const { mkdtempSync, readdirSync, readFileSync, rmSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { parentPort, workerData } = require("node:worker_threads");
const { InferenceSession, listSupportedBackends, Tensor } = require("onnxruntime-node");

/** @typedef {import("./session.ts").Feeds} Feeds */
/** @typedef {import("./session.ts").Message} Message */
/** @typedef {import("../kernels.ts").Reached} Reached */
/** @typedef {import("./session.ts").LentFeeds} LentFeeds */
/** @typedef {import("./session.ts").SessionSettings} SessionSettings */
/** @typedef {import("./session.ts").TensorData} TensorData */
/** @typedef {import("./session.ts").ThreadTask} ThreadTask */

const port = /** @type {import("node:worker_threads").MessagePort} */ (parentPort);
/** @type {Map<string, string>} */
const inputTypes = new Map();
/** @type {Map<number, TensorData>} */
const held = new Map();

/** Memory for an output of which only some values are wanted, for those and for their columns; it grows as they do. */
const emptyScratch = () => ({ output: new Float32Array(), columns: new Int32Array(), values: new Float32Array() });
let scratch = emptyScratch();

/** Fusions of ONNX Runtime 1.30 whose operators take longer on a processor than what they are made of. */
const slowFusions = "BiasGeluFusion;SkipLayerNormFusion;BiasSkipLayerNormFusion";

const task = /** @type {ThreadTask} */ (workerData);
if (task === "providers") port.postMessage({ ready: listSupportedBackends().map(({ name }) => name) });
else if (task === "waiting") {
  port.once("message", serve);
  // It is refused, but not before ONNX Runtime has begun.
  InferenceSession.create(new Uint8Array(1)).catch(() => port.postMessage({ begun: true }));
} else serve(task);

/** @param {SessionSettings} settings */
async function serve(settings) {
  const folder = settings.profiled ? mkdtempSync(join(tmpdir(), "pramana-profile-")) : undefined;
  const session = await open(settings, folder).catch((error) => {
    if (folder) rmSync(folder, { recursive: true });
    throw error;
  });
  for (const input of session.inputMetadata) inputTypes.set(input.name, "type" in input ? input.type : "int32");
  /** @param {Message} message */
  const take = async (message) => {
    if (message.kind === "end") {
      port.off("message", take);
      await end(session);
    } else if (message.kind === "hold") held.set(message.key, message.tensor);
    else if (message.kind === "release") held.delete(message.key);
    else if (message.kind === "profile") await answer(message.id, () => endProfile(session, folder));
    else if (message.kind === "compute") await answer(message.id, () => compute(session, message), lentBy);
    else if (message.kind === "reach") await answer(message.id, () => reach(session, message), givenIn);
    else await answer(message.id, () => run(session, message));
  };
  port.on("message", take);
  port.postMessage({ ready: { inputs: session.inputNames, outputs: session.outputNames } });
}

/**
 * Frees the session; the thread waits for the settings of the next one.
 * @param {InferenceSession} session
 */
async function end(session) {
  port.once("message", serve);
  inputTypes.clear();
  held.clear();
  scratch = emptyScratch();
  await session.release();
  port.postMessage({ begun: true });
}

/**
 * @template Value
 * @param {number} id
 * @param {() => Value | Promise<Value>} work
 * @param {(value: Value) => readonly ArrayBuffer[]} [returned] Gives the buffers that go back with the answer.
 */
async function answer(id, work, returned = () => []) {
  try {
    const value = await work();
    port.postMessage({ id, value }, returned(value));
  } catch (error) {
    port.postMessage({ id, error: error instanceof Error ? error.message : String(error) });
  }
}

/**
 * Inputs are copied from ordinary memory and outputs to it: this binding has IO binding (a tensor's location
 * `gpu-buffer`) for WebGPU alone. The copies are small: ids and masks one way, one vector a text the other.
 * @param {InferenceSession} session
 * @param {Extract<Message, { kind: "run" }>} message
 */
async function run(session, { feeds, outputs }) {
  const results = await session.run(toTensors(feeds), outputs);
  return Object.fromEntries(outputs.map((name) => [name, { data: results[name]?.data, dims: results[name]?.dims }]));
}

/**
 * Runs into the given outputs, and gives everything back.
 * @param {InferenceSession} session
 * @param {Extract<Message, { kind: "compute" }>} message
 */
async function compute(session, { feeds, output }) {
  await session.run(
    toTensors(feeds),
    Object.fromEntries(
      Object.entries(output).map(([name, { data, dims }]) => [name, new Tensor("float32", data, dims)]),
    ),
  );
  return { feeds, output };
}

/**
 * Runs into memory of its own, and gives the values that are wanted and what was lent.
 * @param {InferenceSession} session
 * @param {Extract<Message, { kind: "reach" }>} message
 */
async function reach(session, { feeds, wanted: { output, columns, least } }) {
  const size = least.length * columns;
  if (scratch.output.length < size) scratch.output = new Float32Array(size);
  const values = scratch.output.subarray(0, size);
  await session.run(toTensors(feeds), { [output]: new Tensor("float32", values, [least.length, columns]) });
  return { feeds, ...reached(values, columns, least) };
}

/**
 * @param {Float32Array} all [least.length, columns]
 * @param {number} columns
 * @param {Float32Array} least
 * @returns {Reached}
 */
function reached(all, columns, least) {
  const starts = new Int32Array(least.length + 1);
  let count = 0;
  for (let row = 0; row < least.length; row++) {
    makeRoom(count + columns, count);
    const { columns: found, values } = scratch;
    const bound = least[row];
    for (let column = 0; column < columns; column++) {
      const value = all[row * columns + column];
      if (!(value >= bound)) continue;
      found[count] = column;
      values[count++] = value;
    }
    starts[row + 1] = count;
  }
  return { starts, columns: scratch.columns.slice(0, count), values: scratch.values.slice(0, count) };
}

/**
 * Sees to it that so many values of an output have room; `used` of them stay.
 * @param {number} wanted
 * @param {number} used
 */
function makeRoom(wanted, used) {
  if (wanted <= scratch.values.length) return;
  const { columns, values } = scratch;
  scratch.columns = new Int32Array(2 * wanted);
  scratch.values = new Float32Array(2 * wanted);
  scratch.columns.set(columns.subarray(0, used));
  scratch.values.set(values.subarray(0, used));
}

/** @param {Reached & LentFeeds} answer */
const givenIn = ({ feeds, starts, columns, values }) =>
  [starts, columns, values].map(({ buffer }) => /** @type {ArrayBuffer} */ (buffer)).concat(lentBy({ feeds }));

/**
 * @param {{ readonly feeds: Feeds, readonly output?: import("./session.ts").NamedTensors }} message
 * @returns {ArrayBuffer[]}
 */
function lentBy({ feeds, output = {} }) {
  const tensors = [...Object.values(feeds), ...Object.values(output)];
  return [
    ...new Set(
      tensors.flatMap((tensor) => ("data" in tensor ? [/** @type {ArrayBuffer} */ (tensor.data.buffer)] : [])),
    ),
  ];
}

/**
 * Ends the profile and returns its only file.
 * @param {InferenceSession} session
 * @param {string | undefined} folder
 */
function endProfile(session, folder) {
  if (folder === undefined) throw new Error("the session was not opened to be profiled");
  session.endProfiling();
  try {
    return readFileSync(join(folder, readdirSync(folder)[0] ?? ""), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * @param {SessionSettings} settings
 * @param {string | undefined} profileFolder
 */
function open({ model, externalFolder, threads, executionProvider, sleeps }, profileFolder) {
  return InferenceSession.create(/** @type {Uint8Array} */ (model), {
    executionProviders: [executionProvider],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // A planned block of memory for each shape of batch would stand beside what the first runs have claimed.
    enableMemPattern: false,
    graphOptimizationLevel: "all",
    // Errors are thrown, and whoever catches them reports them; those that a smaller batch mends need no report.
    logSeverityLevel: 4,
    ...(profileFolder === undefined ? {} : { enableProfiling: true, profileFilePrefix: join(profileFolder, "nodes") }),
    extra: {
      ...(executionProvider.name === "cpu" ? { optimization: { disable_specified_optimizers: slowFusions } } : {}),
      session: {
        // Products of unsigned and signed bytes, or of unsigned bytes only: slower, the same result on every processor.
        x64quantprecision: hasVnni() ? "0" : "1",
        ...(sleeps ? { force_spinning_stop: "1" } : {}),
        ...(externalFolder === undefined ? {} : { model_external_initializers_file_folder_path: externalFolder }),
      },
    },
  });
}

/**
 * Tells whether the processor sums products of bytes in 32 bits (VNNI). An x86 processor without it cuts sums of two
 * products of unsigned and signed bytes off at 16 bits. Where that cannot be found out, the answer is no.
 */
function hasVnni() {
  if (process.arch !== "x64") return true;
  try {
    return /\bavx(512)?_vnni\b/.test(readFileSync("/proc/cpuinfo", "utf8"));
  } catch {
    return false;
  }
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
