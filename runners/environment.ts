import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, type CpuInfo, cpus, release, type as system } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import type { RunRecord } from "./results/result.ts";

/** A result's facts about the machine and the programs. */
export type Environment = Pick<RunRecord, "pramana" | "node" | "onnxruntime" | "platform" | "cpu" | "accelerator">;

/** Reads this program's version. */
export const pramanaVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

/** Looks at this machine's processor and the installed packages. */
export const readEnvironment = (): Omit<Environment, "accelerator"> => ({
  pramana: pramanaVersion(),
  node: process.versions.node,
  onnxruntime: createRequire(import.meta.url)("onnxruntime-node/package.json").version,
  platform: `${system()} ${release()} ${process.arch}`,
  cpu: processorText(cpus(), availableParallelism()),
});

/** Names the processor and the number of its threads; and where this process is bound to some (`taskset`), to how many. */
export function processorText(threads: readonly Pick<CpuInfo, "model">[], usable: number): string {
  const bound = usable < threads.length ? `${usable} of ` : "";
  return `${threads[0]?.model.trim() ?? "unknown"}, ${bound}${threads.length} threads`;
}
