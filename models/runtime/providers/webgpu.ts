import { UsageError } from "../../../datasets/errors.ts";
import type { Machine } from "../machine.ts";
import type { ExecutionProvider } from "../session.ts";
import type { Finding, Inspection, Provider } from "./provider.ts";

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
};

async function inspect(machine: Machine): Promise<Inspection<"webgpu">> {
  const [system = ""] = machine.platform.split("/");
  const backend = backends[system] ?? "no interface that WebGPU knows";
  const findings = await needs(machine, backend);
  const { VK_ICD_FILENAMES: driver = machine.env["VK_DRIVER_FILES"] } = machine.env;
  const names = await gpuNames(machine);
  const shown = names.length > 0 ? names.join(" or ") : (driver ?? "a GPU that it does not name");
  return {
    findings,
    find: (choice) => {
      if (choice === "webgpu") return { device: "webgpu", accelerator: `${shown}, by WebGPU over ${backend}` };
      throw new UsageError(`device: there is no ${choice}; there is webgpu`);
    },
    tryOut: async () => [],
  };
}

/** Looks for the provider, and whether a GPU computes, which alone tells that there are a driver and its loader. */
async function needs(machine: Machine, backend: string): Promise<Finding[]> {
  const { version } = machine.onnxruntime;
  const built = await machine.providers();
  const provider = { what: "provider", seen: `onnxruntime-node ${version} has ${built.join(", ") || "none"}` };
  if (!built.includes("webgpu")) {
    const remedy = "use Linux on x64 or arm64, macOS on Apple's processors, or Windows";
    return [{ ...provider, state: "missing", remedy }];
  }
  const failure = await machine.tryOut(executionProvider);
  const gpu: Finding =
    failure === undefined
      ? { what: "GPU", state: "ok", seen: `one computes, over ${backend}` }
      : { what: "GPU", state: "missing", seen: shortened(failure), remedy: remedyFor(backend) };
  return [{ ...provider, state: "ok" }, gpu];
}

const remedyFor = (backend: string): string =>
  backend === "Vulkan"
    ? "install the Vulkan loader and the GPU's driver (Debian: libvulkan1, mesa-vulkan-drivers; NVIDIA's own driver has its part), and see with vulkaninfo --summary (vulkan-tools) that it is found"
    : `install the GPU's driver for ${backend}`;

/** Lists the GPUs that Vulkan tells of, where its own program is there to ask. */
async function gpuNames({ print }: Machine): Promise<string[]> {
  const printed = (await print("vulkaninfo", ["--summary"])) ?? "";
  return [...printed.matchAll(/^\s*deviceName\s*=\s*(.+?)\s*$/gm)].map(([, name = ""]) => name);
}

/** Cuts a failure down to WebGPU's own words, without the functions and files around them. */
const shortened = (message: string): string => /(?:was false\. )([^\n]+)/.exec(message)?.[1] ?? message.trim();
