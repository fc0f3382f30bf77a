import type { Machine } from "../../models/runtime/machine.ts";
import { providerOf } from "../../models/runtime/providers/index.ts";
import type { PeakMemory } from "./record.ts";

const bytesPerKiB = 1024;

/**
 * Reads the most memory that this process has held. Linux's own mark (`VmHWM`) counts this program alone; `maxRSS`, which
 * all systems have, can be that of the program which started it.
 *
 * @param maxRSS KiB, as `process.resourceUsage` has it.
 */
export async function peakMemory({ read }: Pick<Machine, "read">, maxRSS: number): Promise<PeakMemory> {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec((await read("/proc/self/status")) ?? "") ?? [];
  return kib === undefined
    ? { bytes: maxRSS * bytesPerKiB, source: "maxRSS of the process" }
    : { bytes: Number(kib) * bytesPerKiB, source: "VmHWM of the process" };
}

interface DeviceMemory {
  readonly look: () => Promise<void>;
  /** The most seen, less the memory in use at the first look; undefined where nothing could be seen. */
  readonly peak: () => PeakMemory | undefined;
}

/** Watches the memory of a device, as far as its provider can tell it; each `look` reads it once. */
export async function watchDeviceMemory(device: string, machine: Machine): Promise<DeviceMemory> {
  const { memory } = await providerOf(device).inspect(machine);
  if (memory === undefined) return { look: async () => {}, peak: () => undefined };
  const seen: number[] = [];
  const look = async (): Promise<void> => {
    const used = await memory.used(device);
    if (used !== undefined) seen.push(used);
  };
  await look();
  const source = `${memory.source}, most of the looks between rounds, less that before loading`;
  const peak = (): PeakMemory | undefined =>
    seen.length < 2 ? undefined : { bytes: Math.max(...seen) - seen[0], source };
  return { look, peak };
}
