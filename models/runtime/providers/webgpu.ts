import type { Machine } from "../machine.ts";
import type { ExecutionProvider } from "../session.ts";
import { inspectBuiltIn } from "./built-in.ts";
import type { Inspection, Provider } from "./provider.ts";

const executionProvider: ExecutionProvider = { name: "webgpu" };

/** The interface to GPUs that WebGPU goes through, by operating system. */
const backends: Readonly<Record<string, string>> = { linux: "Vulkan", darwin: "Metal", win32: "Direct3D 12" };

/** A GPU of any maker; WebGPU chooses the fastest of several by itself. */
export const webgpu: Provider<"webgpu", "webgpu"> = {
  forms: [{ form: "webgpu", help: "docs/webgpu.md", expected: "a GPU of any maker" }],
  parse: (text) => (text === "webgpu" ? text : undefined),
  names: /^webgpu$/,
  environment: {},
  inspect,
  // One thread is enough: little is left to the processor.
  placements: () => [{ executionProvider, threads: 1 }],
  formats: {
    fp32: { float: "float", int8: false },
    fp16: { float: "float16", int8: false },
    bf16: { refused: "is unknown to WebGPU", instead: "take fp32 or fp16 there" },
    int8: { refused: "is for CPUs", instead: "take fp32 or fp16 there" },
  },
  lowerings: async () => (await import("../../graph/lowering.ts")).webgpuLowerings,
  defaultPrecision: "fp32",
  probesBatch: true,
  fallback: {
    profileName: "WebGpuExecutionProvider",
    name: "the WebGPU provider",
    meant: [
      // WebGPU's sines are good to eleven bits; one table of angles serves a batch.
      /^(?:Sin|Cos) float\[/,
      // The width of a head, where a family leaves its root to the operator.
      /^Cast int64\[1\] → float/,
      // Tables of words in bfloat16, which it does not know, are looked up where they lie.
      /^(?:Gather|Cast) bfloat16\[/,
    ],
  },
  outOfMemory: [/Failed to allocate|out of memory|exceeds the max(?:imum)? (?:buffer|storage)/i],
  untried: "numbers were seen to be right over SwiftShader (Vulkan), on no GPU; Metal and Direct3D 12 never",
};

async function inspect(machine: Machine): Promise<Inspection<"webgpu">> {
  const [system = ""] = machine.platform.split("/");
  const backend = backends[system] ?? "no interface that WebGPU knows";
  const { VK_ICD_FILENAMES: driver = machine.env["VK_DRIVER_FILES"] } = machine.env;
  const gpus = await vulkanGpus(machine);
  const shown = gpus.length > 0 ? gpus.map(({ name }) => name).join(" or ") : (driver ?? "a GPU that it does not name");
  const passedOver = reasonAgainst(backend, gpus);
  const inspection = await inspectBuiltIn(machine, {
    device: "webgpu",
    executionProvider,
    elsewhere: "use Linux on x64 or arm64, macOS on Apple's processors, or Windows",
    computer: { what: "GPU", seen: `one computes, over ${backend}` },
    remedy: remedyFor(backend),
    accelerator: `${shown}, by WebGPU over ${backend}`,
  });
  return { ...inspection, ...(passedOver === undefined ? {} : { passedOver }) };
}

const remedyFor = (backend: string): string =>
  backend === "Vulkan"
    ? "install the Vulkan loader and the GPU's driver (Debian: libvulkan1, mesa-vulkan-drivers; NVIDIA's own driver has its part), and see with vulkaninfo --summary (vulkan-tools) that it is found"
    : `install the GPU's driver for ${backend}`;

/** A GPU that Vulkan tells of. */
interface VulkanGpu {
  readonly name: string;
  /** It is made of the processor, such as llvmpipe. */
  readonly inSoftware: boolean;
}

/** Lists the GPUs that Vulkan tells of, where its own program is there to ask. */
async function vulkanGpus({ print }: Machine): Promise<VulkanGpu[]> {
  const printed = (await print("vulkaninfo", ["--summary"])) ?? "";
  return printed
    .split(/^GPU\d+:/m)
    .slice(1)
    .map((about) => ({
      name: /^\s*deviceName\s*=\s*(.+?)\s*$/m.exec(about)?.[1] ?? "a GPU without a name",
      inSoftware: /^\s*deviceType\s*=\s*PHYSICAL_DEVICE_TYPE_CPU\b/m.test(about),
    }));
}

/**
 * Returns why nobody should be given WebGPU who has not named it. ONNX Runtime does not tell which GPU it took; one that
 * is made of the processor computes slower than the processor.
 */
function reasonAgainst(backend: string, gpus: readonly VulkanGpu[]): string | undefined {
  if (backend !== "Vulkan") return `is untried over ${backend}`;
  if (gpus.length === 0) return "may compute on the processor, which vulkaninfo (vulkan-tools) would tell";
  return gpus.every(({ inSoftware }) => inSoftware) ? `has only ${gpus[0].name}, which is the processor` : undefined;
}
