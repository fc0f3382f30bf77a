import type { ExecutionProvider } from "../session.ts";
import type { Provider } from "./provider.ts";

/** A session on the processor is opened with this. */
export const processor: ExecutionProvider = { name: "cpu" };

/** Most sessions of one processor, each with weights of its own, and the number of weights up to which there are several. */
const shared = { sessions: 4, parameters: 50_000_000 };

/** The processor. It multiplies no 16-bit floats (ONNX Runtime has no kernels for them): weights are rounded instead. */
export const cpu: Provider<"cpu", "cpu"> = {
  forms: [{ form: "cpu" }],
  parse: (text) => (text === "cpu" ? text : undefined),
  names: /^cpu$/,
  environment: {},
  inspect: async () => ({ findings: [], find: () => ({ device: "cpu" }), tryOut: async () => [] }),
  // A small model in int8 has several sessions, with few threads each: a layer is then many short steps, at whose ends
  // the threads of one session would wait for each other.
  places: (_device, { threads, format, parameters }) => {
    const sessions = format.int8 && parameters <= shared.parameters ? Math.min(threads, shared.sessions) : 1;
    const place = { executionProvider: processor, threads: Math.ceil(threads / sessions) };
    return [place, ...Array.from({ length: sessions - 1 }, () => place)];
  },
  formats: {
    fp32: { float: "float", int8: false },
    fp16: { float: "float", weights: "float16", int8: false },
    bf16: { float: "float", weights: "bfloat16", int8: false },
    int8: { float: "float", int8: true },
  },
  defaultPrecision: "fp32",
  probesBatch: false,
  outOfMemory: [],
};
