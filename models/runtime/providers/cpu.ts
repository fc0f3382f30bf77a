import { firstCacheWays } from "../first-cache.ts";
import type { ExecutionProvider } from "../session.ts";
import type { Placement, Provider } from "./provider.ts";

/** Execution provider of sessions on the processor. */
export const processor: ExecutionProvider = { name: "cpu" };

/** Most sessions of a model, each with its own weights, and the number of weights up to which there are several. */
const shared = { sessions: 4, parameters: 50_000_000 };

/** The processor. ONNX Runtime has no kernels for 16-bit floats there: weights are rounded instead. */
export const cpu: Provider<"cpu", "cpu"> = {
  forms: [{ form: "cpu" }],
  parse: (text) => (text === "cpu" ? text : undefined),
  names: /^cpu$/,
  environment: {},
  inspect: async () => ({ findings: [], find: () => ({ device: "cpu" }), tryOut: async () => [] }),
  // A small model in int8 has several sessions with few threads each: one of its layers is many short steps, at whose
  // ends the threads of a single session would wait for each other.
  placements: (_device, { threads, format, parameters }) => {
    const sessions = format.int8 && parameters <= shared.parameters ? Math.min(threads, shared.sessions) : 1;
    const placement = { executionProvider: processor, threads: Math.ceil(threads / sessions) };
    return [placement, ...new Array<Placement>(sessions - 1).fill(placement)];
  },
  formats: {
    fp32: { float: "float", int8: false },
    fp16: { float: "float", weights: "float16", int8: false },
    bf16: { float: "float", weights: "bfloat16", int8: false },
    int8: { float: "float", int8: true },
  },
  lowerings: async () => (await import("../../graph/lowering.ts")).processorLowerings(await firstCacheWays()),
  defaultPrecision: "fp32",
  probesBatch: false,
  outOfMemory: [],
};
