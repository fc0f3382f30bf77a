/**
 * Counts from outside what a program of Node's does: `node --require scripts/work/count.cjs PROGRAM`. It is loaded into
 * each thread before the program, puts counters around what the thread can do, and appends a line of JSON for each
 * thing that happens to a file of the thread's own in the folder PRAMANA_WORK. The program itself knows nothing of it.
 */
const fs = require("node:fs");
const inspector = require("node:inspector");
const { Module, syncBuiltinESMExports } = require("node:module");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const threads = require("node:worker_threads");

const folder = process.env.PRAMANA_WORK;
const { appendFileSync, readFileSync } = fs;
const log = join(folder, `${process.pid}-${threads.threadId}.jsonl`);
let isCounting = true;
/** Does something that does not count. */
function uncounted(work) {
  const before = isCounting;
  isCounting = false;
  try {
    return work();
  } finally {
    isCounting = before;
  }
}
/** Writes what happened. */
const tell = (event) => uncounted(() => appendFileSync(log, `${JSON.stringify(event)}\n`));

tell({ kind: "thread" });

/**
 * Puts counters around a function of an object: `before` is given its arguments, `after` what it returns or promises,
 * and its first argument. What the function calls itself, before it returns, is not counted.
 */
function around(object, name, { before, after }) {
  const original = object[name];
  object[name] = function (...args) {
    if (!isCounting) return original.apply(this, args);
    before?.(...args);
    const returned = uncounted(() => original.apply(this, args));
    const see = (value) => {
      after?.(value, args[0]);
      return value;
    };
    return typeof returned?.then === "function" ? returned.then(see) : see(returned);
  };
}

const root = join(__dirname, "../..");
/** The length of a text, which is the same wherever the repository lies. */
const lengthOf = (text) => text.replaceAll(root, "").length;

/** Bytes of buffers and of texts in a message: those that are handed over, and those that are copied. */
function weigh(message, handed) {
  const moved = new Set(Array.isArray(handed) ? handed : (handed?.transfer ?? []));
  const seen = new Set();
  let copied = 0;
  const look = (value) => {
    if (typeof value === "string") copied += lengthOf(value);
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
    if (buffer instanceof ArrayBuffer) {
      if (!moved.has(buffer) && (buffer === value || !seen.has(buffer))) copied += buffer.byteLength;
      seen.add(buffer);
    } else if (!ArrayBuffer.isView(value)) for (const part of Object.values(value)) look(part);
  };
  look(message);
  return { copied, handed: [...moved].reduce((sum, { byteLength = 0 }) => sum + byteLength, 0) };
}

/**
 * Counts messages to sessions and from them. Those of the first thread and the command's, the second, are what the
 * command prints.
 */
const countMessage = (message, handed) => tell({ kind: "message", ...weigh(message, handed) });
if (!threads.isMainThread) around(threads.Worker.prototype, "postMessage", { before: countMessage });
if (threads.threadId > 1) around(threads.parentPort, "postMessage", { before: countMessage });

/** What is open already is a number, or has one. */
const isPath = (file) => typeof file !== "number" && file?.fd === undefined;
/** Counts a file that is opened by its path. */
const countFile = (file) => {
  if (isPath(file)) tell({ kind: "file", path: String(file) });
};
const countContent = (content, file) =>
  tell({ kind: "read", bytes: Buffer.byteLength(content), ...(isPath(file) ? { path: String(file) } : {}) });
const countPart = (bytes) => tell({ kind: "read", bytes });
const file = { before: countFile };
for (const name of ["open", "openSync", "readFile", "writeFileSync"]) around(fs, name, file);
around(fs, "readFileSync", { before: countFile, after: countContent });
around(fs, "readSync", { after: countPart });
const { read } = fs;
fs.read = (...args) => {
  const done = args.pop();
  read(...args, (error, bytes, ...more) => {
    if (!error && isCounting) countPart(bytes);
    done(error, bytes, ...more);
  });
};
around(fs.promises, "writeFile", file);
around(fs.promises, "readFile", { before: countFile, after: countContent });
let isHandleWrapped = false;
around(fs.promises, "open", {
  before: countFile,
  after: (handle) => {
    if (isHandleWrapped) return;
    isHandleWrapped = true;
    // Node's class of open files is nowhere else to be had.
    const { prototype } = handle.constructor;
    around(prototype, "read", { after: ({ bytesRead }) => countPart(bytesRead) });
    around(prototype, "readFile", { after: (content) => countContent(content, handle) });
  },
});
syncBuiltinESMExports();

/** Tokens and places of a batch, where the inputs are one. */
const batchOf = ({ input_ids: ids, attention_mask: mask }) =>
  ids && mask
    ? { tokens: mask.data.reduce((sum, value) => sum + Number(value !== 0), 0), places: ids.data.length }
    : {};

const { _load: load } = Module;
let isWrapped = false;
Module._load = function (name, ...others) {
  const loaded = load.call(this, name, ...others);
  if (name !== "onnxruntime-node" || isWrapped) return loaded;
  isWrapped = true;
  const { create } = loaded.InferenceSession;
  loaded.InferenceSession.create = async (model, settings) => {
    const id = `${process.pid}-${threads.threadId}-${Date.now()}`;
    const session = await create.call(loaded.InferenceSession, model, {
      ...settings,
      enableProfiling: true,
      profileFilePrefix: join(folder, `profile-${id}`),
    });
    tell({ kind: "session" });
    around(session, "run", { before: (feeds) => tell({ kind: "run", ...batchOf(feeds) }) });
    return session;
  };
  return loaded;
};

const ownUrl = pathToFileURL(__filename).href;
const session = new inspector.Session();
session.connect();
session.on("Debugger.scriptParsed", ({ params: { url, length } }) => {
  if (isCounting && /^(?:file:|\/)/.test(url) && url !== ownUrl) tell({ kind: "module", url, length });
});
session.post("Debugger.enable", { maxScriptsCacheSize: 0 });
session.post("HeapProfiler.startSampling", {
  samplingInterval: 16_384,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
});

const allocatedBytes = ({ selfSize, children }) =>
  children.reduce((sum, child) => sum + allocatedBytes(child), selfSize);
process.once("exit", () =>
  uncounted(() => {
    session.post("HeapProfiler.stopSampling", (_error, { profile }) => {
      tell({ kind: "allocated", bytes: allocatedBytes(profile.head) });
    });
    if (!threads.isMainThread || process.platform !== "linux") return;
    const [, peak] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"));
    tell({ kind: "process", peak: Number(peak) * 1024 });
  }),
);
