import type { ExecutionProvider } from "../session.ts";
import { inspectBuiltIn } from "./built-in.ts";
import type { Provider } from "./provider.ts";

const executionProvider: ExecutionProvider = { name: "dml" };

const refusal = { refused: "is untried with DirectML", instead: "take fp32 there" };

/** Windows's DirectML, on the GPU that Windows lists first. */
export const dml: Provider<"dml", "dml"> = {
  forms: [{ form: "dml", help: "untried", expected: "Windows's DirectML, untried" }],
  parse: (text) => (text === "dml" ? text : undefined),
  names: /^dml$/,
  environment: {},
  inspect: (machine) =>
    inspectBuiltIn(machine, {
      device: "dml",
      executionProvider,
      elsewhere: "use Windows",
      computer: { what: "GPU", seen: "one computes, over Direct3D 12" },
      remedy: "install the GPU's driver for Direct3D 12",
      accelerator: "the first GPU, by DirectML",
    }),
  // One thread is enough: little is left to the processor.
  placements: () => [{ executionProvider, threads: 1 }],
  formats: { fp32: { float: "float", int8: false }, fp16: refusal, bf16: refusal, int8: refusal },
  defaultPrecision: "fp32",
  probesBatch: true,
  fallback: { profileName: "DmlExecutionProvider", name: "the DirectML provider" },
  // Windows's code for it, E_OUTOFMEMORY.
  outOfMemory: [/8007000E/i],
  untried: "no Windows was at hand: neither its numbers nor its speed were ever seen",
};
