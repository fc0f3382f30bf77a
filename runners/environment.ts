import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, type CpuInfo, cpus, release, type as system } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import type { RunRecord } from "./results/result.ts";

/** What a result says about the machine and the programs; `accelerator`: what the model ran on beside the processor. */
export type Environment = Pick<RunRecord, "pramana" | "node" | "onnxruntime" | "platform" | "cpu" | "accelerator">;

/** This program's version. */
export const pramanaVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

/** Looks at this machine's processor and the installed packages. */
export function readEnvironment(): Omit<Environment, "accelerator"> {
  return {
    pramana: pramanaVersion(),
    node: process.versions.node,
    onnxruntime: createRequire(import.meta.url)("onnxruntime-node/package.json").version,
    platform: `${system()} ${release()} ${process.arch}`,
    cpu: processorText(cpus(), availableParallelism()),
  };
}

/** The processor's name and its threads; where this process was bound to some of them, to how many (`taskset`). */
export function processorText(threads: readonly Pick<CpuInfo, "model">[], usable: number): string {
  const bound = usable < threads.length ? `${usable} of ` : "";
  return `${threads[0]?.model.trim() ?? "unknown"}, ${bound}${threads.length} threads`;
}
