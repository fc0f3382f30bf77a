import { execFile } from "node:child_process";
import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { CudaFacts, Gpu, LinkedLibrary } from "./cuda.ts";
import { tryGpu } from "./gpu-trial.ts";
import { supportedProviders } from "./session.ts";

/** What is asked of a machine to learn what it has. What cannot be had is `undefined`, never an error. */
export interface Machine {
  /** Operating system and processor, as Node names them: `linux/x64`. */
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The folder of onnxruntime-node, and its version. */
  readonly onnxruntime: { readonly folder: string; readonly version: string };
  readonly read: (path: string) => Promise<string | undefined>;
  /** Names in a folder. */
  readonly list: (folder: string) => Promise<readonly string[] | undefined>;
  /** What a program prints; `undefined` where there is none or it fails. */
  readonly print: (program: string, args: readonly string[]) => Promise<string | undefined>;
  readonly canWrite: (path: string) => Promise<boolean>;
  /** Providers that ONNX Runtime's binding was built for; none where it cannot be loaded. */
  readonly providers: () => Promise<readonly string[]>;
  /** Why a small graph does not run on a GPU; `undefined` where it does. */
  readonly tryGpu: (gpu: number) => Promise<string | undefined>;
}

/** A program that has not answered by then never will. */
const patience = 20_000;

/** The machine that this runs on. */
export function thisMachine(env: Machine["env"]): Machine {
  const manifest = createRequire(import.meta.url).resolve("onnxruntime-node/package.json");
  const orUndefined = <Value>(found: Promise<Value>): Promise<Value | undefined> => found.catch(() => undefined);
  return {
    platform: `${process.platform}/${process.arch}`,
    env,
    onnxruntime: { folder: dirname(manifest), version: createRequire(import.meta.url)(manifest).version },
    read: (path) => orUndefined(readFile(path, "utf8")),
    list: (folder) => orUndefined(readdir(folder)),
    print: (program, args) =>
      orUndefined(promisify(execFile)(program, args, { timeout: patience, env }).then(({ stdout }) => stdout)),
    canWrite: (path) =>
      access(path, constants.W_OK).then(
        () => true,
        () => false,
      ),
    providers: () => supportedProviders().catch(() => []),
    tryGpu,
  };
}

/** Gathers what the CUDA provider depends on. */
export async function gatherCuda(machine: Machine): Promise<CudaFacts> {
  const { platform, env, onnxruntime } = machine;
  const folder = join(onnxruntime.folder, "bin/napi-v6", platform);
  const binaries = (await machine.list(folder)) ?? [];
  const linked = parseLinked(await machine.print("ldd", [join(folder, "libonnxruntime_providers_cuda.so")]));
  const { driver, gpus } = await gatherGpus(machine);
  const visibleDevices = env["CUDA_VISIBLE_DEVICES"];
  return {
    platform,
    onnxruntime: onnxruntime.version,
    packageFolder: onnxruntime.folder,
    providers: await machine.providers(),
    binaries,
    ...(linked.length > 0 ? { linked } : {}),
    libraries: await gatherLibraries(machine),
    ...(driver === undefined ? {} : { driver }),
    gpus,
    ...(visibleDevices === undefined ? {} : { visibleDevices }),
  };
}

/** `ldd`'s lines: `libcudart.so.12 => /usr/lib/libcudart.so.12 (0x…)`, or `=> not found`. */
function parseLinked(printed = ""): LinkedLibrary[] {
  return [...printed.matchAll(/^\s*(\S+) => (.+)$/gm)].map(([, name = "", place]) => ({
    name,
    found: place !== "not found",
  }));
}

/** By nvidia-smi; where a container lacks it, by the driver's own files. */
async function gatherGpus(machine: Machine): Promise<{ driver?: string; gpus: Gpu[] }> {
  const query = ["--query-gpu=driver_version,memory.total,uuid,name", "--format=csv,noheader,nounits"];
  const rows =
    (await machine.print("nvidia-smi", query))?.split("\n").filter((row) => row.split(",").length >= 4) ?? [];
  const [first] = rows;
  if (first !== undefined) {
    return { driver: first.split(",", 1).join("").trim(), gpus: rows.map(parseGpu) };
  }
  const version = /Kernel Module.*?\s(\d+\.\d[\d.]*)/.exec((await machine.read("/proc/driver/nvidia/version")) ?? "");
  const devices = (await machine.list("/dev"))?.filter((name) => /^nvidia\d+$/.test(name)) ?? [];
  const gpus = devices.map((name) => ({ name: `/dev/${name}` }));
  return version?.[1] === undefined ? { gpus } : { driver: version[1], gpus };
}

function parseGpu(row: string): Gpu {
  const [, memory = "", uuid = "", ...name] = row.split(",").map((field) => field.trim());
  const memoryMiB = Number(memory);
  // MIG and shared memory are told as [N/A].
  return { name: name.join(", "), uuid, ...(memory !== "" && memoryMiB > 0 ? { memoryMiB } : {}) };
}

/** Shared libraries in the loader's cache and in the folders of LD_LIBRARY_PATH. */
async function gatherLibraries({ env, list, print }: Machine): Promise<string[]> {
  const cache = (await print("ldconfig", ["-p"])) ?? (await print("/sbin/ldconfig", ["-p"])) ?? "";
  const cached = [...cache.matchAll(/^\s+(\S+) \(.*\) => /gm)].map(([, name = ""]) => name);
  const folders = env["LD_LIBRARY_PATH"]?.split(":").filter((folder) => folder !== "") ?? [];
  const listed = await Promise.all(folders.map(list));
  return [...new Set([...cached, ...listed.flatMap((names) => names ?? [])])].filter((name) =>
    /^lib(?:cu|nv)/.test(name),
  );
}
