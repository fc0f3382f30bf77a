import type { ExecutionProvider } from "../session.ts";
import { inspectBuiltIn } from "./built-in.ts";
import type { Provider } from "./provider.ts";

/**
 * An ML program (0x10), in which fp32 stays fp32, on processor and GPU (0x20): Core ML's older form and the Neural
 * Engine may compute in fp16 without a word (https://apple.github.io/coremltools/docs-guides/source/typed-execution.html).
 * The numbers are ONNX Runtime's `COREMLFlags`.
 */
const executionProvider: ExecutionProvider = { name: "coreml", coreMlFlags: 0x10 | 0x20 };

const refusal = { refused: "is untried with Core ML", instead: "take fp32 there" };

/** Apple's Core ML, which chooses among processor and GPU by itself. */
export const coreml: Provider<"coreml", "coreml"> = {
  forms: [{ form: "coreml", help: "untried", expected: "Apple's Core ML, untried" }],
  parse: (text) => (text === "coreml" ? text : undefined),
  names: /^coreml$/,
  environment: {},
  inspect: (machine) =>
    inspectBuiltIn(machine, {
      device: "coreml",
      executionProvider,
      elsewhere: "use macOS on Apple's processors",
      computer: { what: "Core ML", seen: "it computes" },
      remedy: "see docs/devices.md",
      accelerator: "what Core ML chose",
    }),
  // One thread is enough: Core ML has threads of its own.
  placements: () => [{ executionProvider, threads: 1 }],
  formats: { fp32: { float: "float", int8: false }, fp16: refusal, bf16: refusal, int8: refusal },
  lowerings: async () => (await import("../../graph/lowering.ts")).webgpuLowerings,
  defaultPrecision: "fp32",
  // It prepares each shape of batch anew, so that trying many would take long.
  probesBatch: false,
  fallback: { profileName: "CoreMLExecutionProvider", name: "the Core ML provider" },
  outOfMemory: [],
  untried: "no Mac was at hand: neither its numbers nor its speed were ever seen",
};
