import { visibleGpus } from "../../models/runtime/cuda.ts";
import { gpusOf } from "../../models/runtime/device.ts";
import { gatherCuda, type Machine } from "../../models/runtime/machine.ts";
import type { PeakMemory } from "./record.ts";

const bytesPerKiB = 1024;
const bytesPerMiB = 2 ** 20;

/**
 * The most memory that this process has held. Linux's own mark (`VmHWM`) counts this program alone; `maxRSS`, which all
 * systems tell, can be that of the program which started it.
 *
 * @param maxRSS KiB, as `process.resourceUsage` has it.
 */
export async function peakMemory({ read }: Pick<Machine, "read">, maxRSS: number): Promise<PeakMemory> {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec((await read("/proc/self/status")) ?? "") ?? [];
  return kib === undefined
    ? { bytes: maxRSS * bytesPerKiB, source: "maxRSS of the process" }
    : { bytes: Number(kib) * bytesPerKiB, source: "VmHWM of the process" };
}

/** Looks at the GPUs' memory from time to time. */
export interface GpuMemory {
  readonly look: () => Promise<void>;
  /** The most seen, less what was in use at the first look; absent where nothing could be seen. */
  readonly peak: () => PeakMemory | undefined;
}

/** The memory of the GPUs behind a device, by nvidia-smi; there is none to be seen for the processor. */
export async function watchGpuMemory(device: string, machine: Machine): Promise<GpuMemory> {
  const numbers = gpusOf(device);
  if (numbers.length === 0) return { look: async () => {}, peak: () => undefined };
  const visible = visibleGpus(await gatherCuda(machine));
  const uuids = numbers.flatMap((number) => visible[number]?.uuid ?? []);
  const seen: number[] = [];
  const look = async (): Promise<void> => {
    const printed = await machine.print("nvidia-smi", [
      "--query-gpu=uuid,memory.used",
      "--format=csv,noheader,nounits",
    ]);
    const rows = (printed ?? "").split("\n").map((row) => row.split(",").map((field) => field.trim()));
    const used = rows.filter(([uuid = ""]) => uuids.includes(uuid)).map(([, mib]) => Number(mib));
    if (used.length > 0 && used.every(Number.isFinite)) seen.push(used.reduce((sum, mib) => sum + mib, 0));
  };
  await look();
  const source = "nvidia-smi memory.used, most of the looks between rounds, less that before loading";
  const peak = (): PeakMemory | undefined =>
    seen.length < 2 ? undefined : { bytes: (Math.max(...seen) - seen[0]) * bytesPerMiB, source };
  return { look, peak };
}
