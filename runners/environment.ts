import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, release, type as system } from "node:os";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import type { RunRecord } from "./result.ts";

/** What a result says about the machine and the programs; `accelerator`: what the model ran on beside the processor. */
export type Environment = Pick<RunRecord, "pramana" | "node" | "onnxruntime" | "platform" | "cpu" | "accelerator">;

/** This program's version. */
export const pramanaVersion = (): string =>
  JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8")).version;

/** Looks at this machine's processor and the installed packages. */
export function readEnvironment(): Omit<Environment, "accelerator"> {
  const processors = cpus();
  return {
    pramana: pramanaVersion(),
    node: process.versions.node,
    onnxruntime: createRequire(import.meta.url)("onnxruntime-node/package.json").version,
    platform: `${system()} ${release()} ${process.arch}`,
    cpu: `${processors[0]?.model.trim() ?? "unknown"}, ${processors.length} threads`,
  };
}
