import { InputError, UsageError } from "../../../datasets/errors.ts";
import type { Machine } from "../machine.ts";
import type { Finding, Inspection, Placement, Provider } from "./provider.ts";

type Gpus = `cuda:${string}`;

/** Names the device made of these GPUs. */
const deviceOf = (gpus: readonly number[]): Gpus => `cuda:${gpus.join(",")}`;

/** Reads the numbers of a device's GPUs among the visible ones. */
function gpusOf(device: string): [number, ...number[]] {
  const [, list] = /^cuda:(\d+(?:,\d+)*)$/.exec(device) ?? [];
  if (list === undefined) {
    throw new InputError(
      `device: ${JSON.stringify(device)} names no GPU; expected cuda: and numbers of GPUs, such as cuda:0 or cuda:0,1`,
    );
  }
  const [first, ...others] = list.split(",").map(Number);
  return [first, ...others];
}

/** The binding passes on a GPU's number alone; docs/cuda.md says what that leaves at the provider's defaults. */
const executionProvider = (gpu: number) => ({ name: "cuda", deviceId: gpu });

/** NVIDIA's GPUs. A device is `cuda:` and its GPUs' numbers among the visible ones: `cuda:0`, `cuda:0,1`. */
export const cuda: Provider<"cuda" | Gpus, Gpus> = {
  forms: [
    { form: "cuda", help: "every visible GPU", expected: "every visible GPU" },
    { form: "cuda:N", help: "docs/cuda.md", expected: "one GPU, from 0" },
  ],
  parse: (text) => {
    if (text === "cuda") return text;
    return /^cuda:\d{1,3}$/.test(text) ? deviceOf(gpusOf(text)) : undefined;
  },
  names: /^cuda(?::\d+(?:,\d+)*)?$/,
  environment: {
    // Products of fp32 are not shortened to TF32 (ten bits of mantissa), so that scores can be compared.
    NVIDIA_TF32_OVERRIDE: "0",
    // GPUs have the numbers that nvidia-smi gives them.
    CUDA_DEVICE_ORDER: "PCI_BUS_ID",
  },
  inspect,
  placements: (device) => {
    // One thread is enough: only single numbers are left to the processor.
    const placementOn = (gpu: number): Placement => ({ executionProvider: executionProvider(gpu), threads: 1 });
    const [first, ...others] = gpusOf(device);
    return [placementOn(first), ...others.map(placementOn)];
  },
  formats: {
    fp32: { float: "float", int8: false },
    fp16: { float: "float16", int8: false },
    bf16: { float: "bfloat16", int8: false },
    int8: { refused: "is for CPUs", instead: "take fp16 or bf16 there" },
  },
  defaultPrecision: "stored",
  probesBatch: true,
  fallback: { profileName: "CUDAExecutionProvider", name: "the CUDA provider" },
  // The CUDA runtime, cuBLAS and cuDNN.
  outOfMemory: [
    /CUDA failure 2: /,
    /CUDA(?: error)?:? out of memory/i,
    /(?:CUBLAS|CUDNN)_STATUS\w*_ALLOC(?:ATION)?_FAILED/,
  ],
  untried: "no card was at hand: it was tried with stand-ins alone",
};

async function inspect(machine: Machine): Promise<Inspection<Gpus>> {
  const { gatherCuda, usedMemory } = await import("./cuda-facts.ts");
  const { cudaFindings, describeAccelerator, describeGpu, visibleGpus } = await import("./cuda-findings.ts");
  const facts = await gatherCuda(machine);
  const visible = visibleGpus(facts);
  const chosenBy = (choice: string): number[] => (choice === "cuda" ? [...visible.keys()] : gpusOf(choice));
  const tryOne = async (gpu: number): Promise<Finding> => {
    const what = `cuda:${gpu}`;
    const known = visible[gpu];
    if (known === undefined) {
      return { what, state: "missing", seen: `there are ${visible.length} GPUs`, remedy: "name one of them" };
    }
    const failure = await machine.tryOut(executionProvider(gpu));
    if (failure === undefined) return { what, state: "ok", seen: `${describeGpu(known)} computes` };
    const remedy = "see docs/cuda.md, section When it does not work";
    return { what, state: "missing", seen: shortened(failure), remedy };
  };
  return {
    findings: cudaFindings(facts),
    find: (choice) => {
      const chosen = chosenBy(choice);
      if (chosen.some((gpu) => gpu >= visible.length)) {
        const there = visible.map((gpu, i) => `cuda:${i} (${describeGpu(gpu)})`).join(", ");
        throw new UsageError(`device: there is no ${choice}; there is ${there}`);
      }
      const described = describeAccelerator(chosen, facts);
      const accelerator = machine.env["NVIDIA_TF32_OVERRIDE"] === "0" ? described : `${described}, TF32`;
      return { device: deviceOf(chosen), accelerator };
    },
    tryOut: async (choice = "cuda") => {
      const tried: Finding[] = [];
      for (const gpu of chosenBy(choice)) tried.push(await tryOne(gpu));
      return tried;
    },
    memory: {
      source: "nvidia-smi memory.used",
      used: async (device) => {
        const uuids = gpusOf(device).flatMap((gpu) => visible[gpu]?.uuid ?? []);
        return usedMemory(machine, uuids);
      },
    },
  };
}

/** Cuts a failure down to the CUDA runtime's words, without the names of functions and files around them. */
const shortened = (message: string): string => /CUDA failure \d+: [^;]+/.exec(message)?.[0].trim() ?? message;
