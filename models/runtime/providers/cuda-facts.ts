import { join } from "node:path";
import type { Machine } from "../machine.ts";
import type { CudaFacts, Gpu, LinkedLibrary } from "./cuda-findings.ts";

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

/** Reads `ldd`'s lines: `libcudart.so.12 => /usr/lib/libcudart.so.12 (0x…)`, or `=> not found`. */
function parseLinked(printed = ""): LinkedLibrary[] {
  const lines = printed.matchAll(/^\s*(\S+) => (.+)$/gm);
  return Array.from(lines, ([, name, path]) => ({ name, found: path !== "not found" }));
}

/** Asks nvidia-smi; where a container lacks it, reads the driver's own files. */
async function gatherGpus(machine: Machine): Promise<{ driver?: string; gpus: Gpu[] }> {
  const query = ["--query-gpu=driver_version,memory.total,uuid,name", "--format=csv,noheader,nounits"];
  const rows =
    (await machine.print("nvidia-smi", query))?.split("\n").filter((row) => row.split(",").length >= 4) ?? [];
  if (rows.length > 0) return { driver: rows[0].split(",")[0].trim(), gpus: rows.map(parseGpu) };
  const version = /Kernel Module.*?\s(\d+\.\d[\d.]*)/.exec((await machine.read("/proc/driver/nvidia/version")) ?? "");
  const devices = (await machine.list("/dev"))?.filter((name) => /^nvidia\d+$/.test(name)) ?? [];
  const gpus = devices.map((name) => ({ name: `/dev/${name}` }));
  return version?.[1] === undefined ? { gpus } : { driver: version[1], gpus };
}

function parseGpu(row: string): Gpu {
  const [, memory, uuid, ...name] = row.split(",").map((field) => field.trim());
  const memoryMiB = Number(memory);
  // The memory of MIG devices and of shared memory is given as [N/A].
  return { name: name.join(", "), uuid, ...(memoryMiB > 0 ? { memoryMiB } : {}) };
}

/** Lists the shared libraries of CUDA and NVIDIA in the loader's cache and in the folders of LD_LIBRARY_PATH. */
async function gatherLibraries({ env, list, print }: Machine): Promise<string[]> {
  const cache = (await print("ldconfig", ["-p"])) ?? (await print("/sbin/ldconfig", ["-p"])) ?? "";
  const cached = [...cache.matchAll(/^\s+(\S+) \(.*\) => /gm)].map(([, name = ""]) => name);
  const folders = env["LD_LIBRARY_PATH"]?.split(":").filter((folder) => folder !== "") ?? [];
  const listed = await Promise.all(folders.map(list));
  return [...new Set([...cached, ...listed.flatMap((names) => names ?? [])])].filter((name) =>
    /^lib(?:cu|nv)/.test(name),
  );
}

const bytesPerMiB = 2 ** 20;

/** Sums the bytes in use on the GPUs with these identifiers, by nvidia-smi; `undefined` where it does not tell them. */
export async function usedMemory({ print }: Machine, uuids: readonly string[]): Promise<number | undefined> {
  const printed = await print("nvidia-smi", ["--query-gpu=uuid,memory.used", "--format=csv,noheader,nounits"]);
  const rows = (printed ?? "").split("\n").map((row) => row.split(",").map((field) => field.trim()));
  const used = rows.filter(([uuid = ""]) => uuids.includes(uuid)).map(([, mib]) => Number(mib));
  if (used.length === 0 || !used.every(Number.isFinite)) return undefined;
  return used.reduce((sum, mib) => sum + mib, 0) * bytesPerMiB;
}
