import type { Finding } from "./provider.ts";

/**
 * This module judges, from the facts of `cuda-facts.ts`, whether a machine has all that onnxruntime-node's CUDA
 * provider needs. Sources: the package's own `script/install.js` and `install-metadata.js` (1.30.0: Linux x64 only,
 * files of the NuGet package Microsoft.ML.OnnxRuntime.Gpu.Linux for CUDA 12), the libraries that the provider library
 * names (`readelf -d`: cuBLAS, cuRAND, the CUDA runtime, the driver; cuDNN 9 is loaded when an operator first needs it,
 * which attention does), and NVIDIA's release notes for the oldest drivers.
 */

/** A GPU as the driver names it. */
export interface Gpu {
  readonly name: string;
  readonly memoryMiB?: number;
  /** Identifier by which CUDA_VISIBLE_DEVICES may name it. */
  readonly uuid?: string;
}

/** A shared library that another one needs. */
export interface LinkedLibrary {
  readonly name: string;
  readonly found: boolean;
}

/** The facts of a machine that bear on CUDA, as far as they could be found out. */
export interface CudaFacts {
  /** Operating system and processor, as Node names them: `linux/x64`. */
  readonly platform: string;
  /** Version of onnxruntime-node. */
  readonly onnxruntime: string;
  /** Folder of onnxruntime-node. */
  readonly packageFolder: string;
  /** Providers that its binding was built for. */
  readonly providers: readonly string[];
  /** Files beside the binding. */
  readonly binaries: readonly string[];
  /** Libraries that the provider library needs, by the dynamic loader; absent where there is none, or no `ldd`. */
  readonly linked?: readonly LinkedLibrary[];
  /** Names of shared libraries that the dynamic loader would find. */
  readonly libraries: readonly string[];
  /** Version of the driver, such as `550.54.15`; absent where there is none. */
  readonly driver?: string;
  /** All GPUs, in the order of their slots. */
  readonly gpus: readonly Gpu[];
  /** The variable CUDA_VISIBLE_DEVICES; absent where it is not set. */
  readonly visibleDevices?: string;
}

const providerLibrary = "libonnxruntime_providers_cuda.so";
const sharedLibrary = "libonnxruntime_providers_shared.so";
const driverLibrary = "libcuda.so.1";
/** Version of CUDA that the package's install script fetches a provider for. */
const packagedCuda = 12;
/** The oldest driver for each version of CUDA, on Linux (CUDA Toolkit release notes). */
const oldestDriver: Readonly<Record<number, string>> = { 12: "525.60.13", 13: "580.65.06" };
/** A release of each version whose packages NVIDIA's repository for Debian and Ubuntu has. */
const packagedRelease: Readonly<Record<number, string>> = { 12: "12-9", 13: "13-0" };

/**
 * Lists the GPUs that CUDA shows to programs: CUDA_VISIBLE_DEVICES names some by number or identifier, in its order,
 * and hides all that follow the first name without a GPU. A part of a GPU (`MIG-…`) is taken at its word.
 */
export function visibleGpus({ gpus, visibleDevices }: Pick<CudaFacts, "gpus" | "visibleDevices">): Gpu[] {
  if (visibleDevices === undefined) return [...gpus];
  const found = visibleDevices.split(",").map((entry): Gpu | undefined => {
    const name = entry.trim();
    if (name.startsWith("MIG-")) return { name };
    return /^\d+$/.test(name) ? gpus[Number(name)] : gpus.find(({ uuid }) => name !== "" && uuid?.startsWith(name));
  });
  const end = found.indexOf(undefined);
  return found.slice(0, end < 0 ? found.length : end).flatMap((gpu) => gpu ?? []);
}

/** Judges all that the CUDA provider needs, in the order in which it is to be mended. */
export function cudaFindings(facts: CudaFacts): Finding[] {
  if (facts.platform !== "linux/x64" || !facts.providers.includes("cuda")) return [unsupported(facts)];
  const cuda = cudaVersion(facts);
  return [findDriver(facts, cuda), findGpus(facts), findProvider(facts), findCuda(facts, cuda), findCudnn(facts, cuda)];
}

const missing = (what: string, seen: string, remedy: string): Finding => ({ what, state: "missing", seen, remedy });
const ok = (what: string, seen: string): Finding => ({ what, state: "ok", seen });

function unsupported({ platform, providers, onnxruntime }: CudaFacts): Finding {
  const built = providers.length === 0 ? "cannot be loaded" : `has ${providers.join(", ")}`;
  return missing(
    "platform",
    `${platform}, where onnxruntime-node ${onnxruntime} ${built}`,
    "use Linux on x64 (WSL 2 on Windows counts), the only platform for which it has the CUDA provider",
  );
}

/** Returns the version of CUDA that the installed provider is for, or that of the one which would be installed. */
function cudaVersion({ linked = [] }: CudaFacts): number {
  const runtime = linked.map(({ name }) => /^libcudart\.so\.(\d+)$/.exec(name)?.[1]).find((version) => version);
  return Number(runtime ?? packagedCuda);
}

function findDriver({ driver, libraries }: CudaFacts, cuda: number): Finding {
  const oldest = oldestDriver[cuda];
  const atLeast = oldest === undefined ? "" : ` ${oldest} or newer, which CUDA ${cuda} needs`;
  if (driver === undefined) {
    return missing(
      "driver",
      "neither nvidia-smi nor /proc/driver/nvidia/version answers",
      `install NVIDIA's driver${atLeast}; in a container, start it with --gpus all (NVIDIA Container Toolkit)`,
    );
  }
  if (oldest !== undefined && isOlder(driver, oldest)) {
    return missing("driver", driver, `install NVIDIA's driver${atLeast}`);
  }
  if (!libraries.includes(driverLibrary)) {
    return missing(
      "driver",
      `${driver}, but the loader does not find ${driverLibrary}`,
      "run ldconfig; in a container, set NVIDIA_DRIVER_CAPABILITIES=compute,utility when it starts",
    );
  }
  return ok("driver", driver);
}

function isOlder(version: string, than: string): boolean {
  const [ours, theirs] = [version, than].map((text) => text.split(".").map(Number));
  const differing = theirs.findIndex((part, i) => part !== (ours[i] ?? 0));
  return differing >= 0 && (ours[differing] ?? 0) < theirs[differing];
}

function findGpus(facts: CudaFacts): Finding {
  const visible = visibleGpus(facts);
  const list = visible.map((gpu, i) => `cuda:${i} ${describeGpu(gpu)}`).join("; ");
  if (visible.length > 0) return ok("GPUs", list);
  if (facts.gpus.length > 0) {
    return missing(
      "GPUs",
      `none of ${facts.gpus.length} is visible: CUDA_VISIBLE_DEVICES is ${JSON.stringify(facts.visibleDevices)}`,
      "unset CUDA_VISIBLE_DEVICES, or name GPUs that there are",
    );
  }
  return missing("GPUs", "none was found", "check with nvidia-smi; in a container, start it with --gpus all");
}

export const describeGpu = ({ name, memoryMiB }: Gpu): string =>
  memoryMiB === undefined ? name : `${name}, ${(memoryMiB / 1024).toFixed(1)} GiB`;

function findProvider({ binaries, packageFolder, onnxruntime }: CudaFacts): Finding {
  const absent = [providerLibrary, sharedLibrary].filter((name) => !binaries.includes(name));
  if (absent.length === 0) return ok("provider library", `${providerLibrary} of onnxruntime-node ${onnxruntime}`);
  return missing(
    "provider library",
    `no ${absent.join(", no ")} beside the binding of onnxruntime-node ${onnxruntime}`,
    `node ${packageFolder}/script/install.js --onnxruntime-node-install (fetches it from api.nuget.org)`,
  );
}

function findCuda({ linked, libraries }: CudaFacts, cuda: number): Finding {
  const named = linked?.filter(({ name }) => /^lib(?:cublas|cublasLt|cudart|cufft|curand|nvrtc)\.so/.test(name));
  const expected = [`libcudart.so.${cuda}`, `libcublas.so.${cuda}`, `libcublasLt.so.${cuda}`, "libcurand.so.10"];
  const wanted = named?.length ? named : expected.map((name) => ({ name, found: libraries.includes(name) }));
  const absent = wanted.filter(({ found }) => !found).map(({ name }) => name);
  if (absent.length === 0) return ok(`CUDA ${cuda}`, wanted.map(({ name }) => name).join(", "));
  const release = packagedRelease[cuda];
  return missing(
    `CUDA ${cuda}`,
    `the loader does not find ${absent.join(", ")}`,
    `${release === undefined ? `install CUDA ${cuda}` : aptInstall(`cuda-libraries-${release}`)}, or add the folder of these files to LD_LIBRARY_PATH`,
  );
}

function findCudnn({ libraries }: CudaFacts, cuda: number): Finding {
  const found = ["libcudnn.so.9", "libcudnn.so"].find((name) => libraries.includes(name));
  if (found !== undefined) return ok("cuDNN 9", found);
  return missing(
    "cuDNN 9",
    "the loader does not find libcudnn.so.9",
    `${aptInstall(`libcudnn9-cuda-${cuda}`)}, or add the folder of libcudnn.so.9 to LD_LIBRARY_PATH`,
  );
}

const aptInstall = (name: string): string =>
  `apt-get install ${name} (from NVIDIA's repository, https://developer.nvidia.com/cuda-downloads)`;

/**
 * Describes the GPUs that a model ran on, for the record: `2 × NVIDIA A100-SXM4-80GB, driver 550.54.15`. A number
 * without a known GPU is given as it is.
 */
export function describeAccelerator(used: readonly number[], facts: CudaFacts): string {
  const visible = visibleGpus(facts);
  const names = used.map((gpu) => visible[gpu]?.name ?? `GPU ${gpu}`);
  const counted = [...new Set(names)].map((name) => {
    const count = names.filter((other) => other === name).length;
    return count === 1 ? name : `${count} × ${name}`;
  });
  return `${counted.join(" + ")}, driver ${facts.driver ?? "unknown"}`;
}
