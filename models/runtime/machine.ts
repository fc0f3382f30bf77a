import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../datasets/errors.ts";
import { createGraph } from "../graph/builder.ts";
import { type ExecutionProvider, type NamedTensors, openSession, type TensorData } from "./session.ts";
import { supportedProviders } from "./session-threads.ts";
import { runApart, type Trial } from "./trial.ts";

/** The questions to a machine about its equipment. An answer that cannot be had is `undefined`, never an error. */
export interface Machine {
  /** Operating system and processor, as Node names them: `linux/x64`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of onnxruntime-node, and its version. */
  readonly onnxruntime: { readonly folder: string; readonly version: string };
  readonly read: (path: string) => Promise<string | undefined>;
  /** Lists the names in a folder. */
  readonly list: (folder: string) => Promise<readonly string[] | undefined>;
  /** Returns the output of a program; `undefined` where there is none or it fails. */
  readonly print: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly canWrite: (path: string) => Promise<boolean>;
  /** Lists the providers that ONNX Runtime's binding was built for; none where it cannot be loaded. */
  readonly providers: () => Promise<readonly string[]>;
  /** Returns the reason why a small graph does not run there; `undefined` where it does. Tried once: a GPU takes seconds. */
  readonly tryOut: (executionProvider: ExecutionProvider) => Promise<string | undefined>;
}

/** A program that has not answered after so many milliseconds never will. */
const patience = 20_000;

/** Asks the machine that this process runs on. */
export function thisMachine(env: Machine["env"]): Machine {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve("onnxruntime-node/package.json");
  const orUndefined = <Value>(found: Promise<Value>): Promise<Value | undefined> => found.catch(() => undefined);
  let supported: Promise<readonly string[]> | undefined;
  const tried = new Map<string, ReturnType<typeof tryOut>>();
  return {
    platform: `${process.platform}/${process.arch}`,
    env,
    onnxruntime: { folder: dirname(manifest), version: require(manifest).version },
    read: (path) => orUndefined(readFile(path, "utf8")),
    list: (folder) => orUndefined(readdir(folder)),
    print: (program, args) =>
      orUndefined(promisify(execFile)(program, args, { timeout: patience, env }).then(({ stdout }) => stdout)),
    canWrite: async (path) => (await orUndefined(access(path, constants.W_OK).then(() => true))) ?? false,
    providers: () => (supported ??= supportedProviders().catch(() => [])),
    tryOut: (executionProvider) => {
      const key = JSON.stringify(executionProvider);
      const outcome = tried.get(key) ?? tryOut(executionProvider);
      tried.set(key, outcome);
      return outcome;
    },
  };
}

const [rows, dims] = [4, 8];

/** Providers whose libraries write to standard error what they miss, which the answer says too. */
const talkative = new Set(["webgpu"]);

/** Runs a graph once, in this process or in one of its own. */
async function runOnce(trial: Trial): Promise<NamedTensors> {
  if (talkative.has(trial.settings.executionProvider.name)) return runApart(trial);
  const session = await openSession(trial.settings);
  try {
    return await session.run(trial.feeds, trial.outputs);
  } finally {
    await session.close();
  }
}

/** Multiplies two small matrices, for which every provider has a kernel. Returns the reason why that failed; `undefined` if the product is right. */
async function tryOut(executionProvider: ExecutionProvider): Promise<string | undefined> {
  try {
    const graph = createGraph();
    const a = graph.input("a", "float", [rows, dims]);
    const b = graph.input("b", "float", [dims, rows]);
    graph.output(graph.op("MatMul", [a, b]), "product", [rows, rows]);
    const settings = { ...(await graph.serialize()), threads: 1, executionProvider };
    const ones = (shape: number[]): TensorData => ({ data: new Float32Array(rows * dims).fill(1), dims: shape });
    const feeds = { a: ones([rows, dims]), b: ones([dims, rows]) };
    const { product } = await runOnce({ settings, feeds, outputs: ["product"] });
    const wrong = product?.data.find((value) => value !== dims);
    return wrong === undefined ? undefined : `it computed ${wrong} where ${dims} is right`;
  } catch (error) {
    return messageOf(error);
  }
}
