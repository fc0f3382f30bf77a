import type { Machine } from "../machine.ts";

/** The equipment of a made-up machine; it has nothing else. */
export interface MachineParts {
  readonly platform?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Contents by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Names by folder. */
  readonly folders?: Readonly<Record<string, readonly string[]>>;
  /** Output of programs, by name. */
  readonly programs?: Readonly<Record<string, string>>;
  readonly providers?: readonly string[];
  /** Reason for which a GPU fails, by its number. */
  readonly brokenGpus?: Readonly<Record<number, string>>;
  /** Reason for which another provider fails, by its name. */
  readonly broken?: Readonly<Record<string, string>>;
  readonly writable?: readonly string[];
}

const packageFolder = "/app/node_modules/onnxruntime-node";
const binaryFolder = `${packageFolder}/bin/napi-v6/linux/x64`;

/** A machine that answers from a list. */
export function fakeMachine(parts: MachineParts): Machine {
  const { files = {}, folders = {}, programs = {}, providers = ["cpu", "webgpu", "cuda"], writable = [] } = parts;
  return {
    platform: parts.platform ?? "linux/x64",
    env: { HOME: "/home/user", ...parts.env },
    onnxruntime: { folder: packageFolder, version: "1.30.0" },
    read: async (path) => files[path],
    list: async (folder) => folders[folder],
    print: async (program) => programs[program],
    canWrite: async (path) => writable.includes(path),
    providers: async () => providers,
    tryOut: async ({ name, deviceId }) =>
      name === "cuda" ? parts.brokenGpus?.[Number(deviceId)] : parts.broken?.[name],
  };
}

const bundled = ["libonnxruntime.so.1", "onnxruntime_binding.node"];
const fetched = ["libonnxruntime_providers_cuda.so", "libonnxruntime_providers_shared.so"];

/** `ldconfig -p` of a machine with these libraries. */
const loaderCache = (names: readonly string[]): string =>
  [
    `${names.length} libs found in cache \`/etc/ld.so.cache'`,
    ...names.map((name) => `\t${name} (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/${name}`),
  ].join("\n");

/** `ldd` of the provider library of 1.30, on a machine with these libraries. */
const linkedLibraries = (names: readonly string[]): string =>
  ["libcublasLt.so.12", "libcublas.so.12", "libcurand.so.10", "libcudart.so.12", "libcuda.so.1", "libc.so.6"]
    .map((name) => {
      const found = names.includes(name) || name === "libc.so.6";
      return `\t${name} => ${found ? `/usr/lib/x86_64-linux-gnu/${name} (0x00007f4b2c000000)` : "not found"}`;
    })
    .join("\n");

const cudaLibraries = ["libcuda.so.1", "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12", "libcurand.so.10"];

/** A laptop without anything of NVIDIA's. */
export const noGpu: MachineParts = { folders: { [binaryFolder]: bundled }, programs: { ldconfig: loaderCache([]) } };

/** A card with its driver, the provider fetched, CUDA installed, cuDNN forgotten. */
export const withoutCudnn: MachineParts = {
  folders: { [binaryFolder]: [...bundled, ...fetched] },
  programs: {
    "nvidia-smi": "550.54.15, 24564, GPU-1d0e, NVIDIA GeForce RTX 4090\n",
    ldconfig: loaderCache(cudaLibraries),
    ldd: linkedLibraries(cudaLibraries),
  },
};

/** A card and all that it needs. */
export const complete: MachineParts = {
  ...withoutCudnn,
  programs: { ...withoutCudnn.programs, ldconfig: loaderCache([...cudaLibraries, "libcudnn.so.9"]) },
};

/** Two cards and all that they need. */
export const twoGpus: MachineParts = {
  ...complete,
  programs: {
    ...complete.programs,
    "nvidia-smi":
      "550.54.15, 81920, GPU-aaaa, NVIDIA A100-SXM4-80GB\n550.54.15, 81920, GPU-bbbb, NVIDIA A100-SXM4-80GB\n",
  },
};
