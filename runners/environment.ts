import { existsSync, readFileSync } from "node:fs";
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

/** Where Linux tells of its processor. */
export const cpuinfoFile = "/proc/cpuinfo";

/** Lists the instruction sets of a processor from the text of that file; undefined where it tells none. */
export const instructionSetsIn = (cpuinfo: string): readonly string[] | undefined =>
  /^(?:flags|Features)\s*:(.*)$/m.exec(cpuinfo)?.[1].split(" ");

/** Instruction sets, in Linux's words, for which ONNX Runtime has kernels that round differently, by architecture. */
const kernelSets: Readonly<Record<string, readonly string[]>> = {
  x64: ["avx", "avx2", "fma", "avx512f"],
  arm64: ["sve", "sve2", "sme"],
};

/** What a system tells of its processor. */
interface ProcessorFacts {
  /** As Node names them: `linux`, `x64`. */
  readonly system: string;
  readonly architecture: string;
  /** The text of `cpuinfoFile`; undefined where there is none. */
  readonly cpuinfo: string | undefined;
  /** The processor's name. */
  readonly model: string | undefined;
}

/**
 * Names the kind of a processor as far as it decides how ONNX Runtime rounds: system, architecture and instruction sets, such
 * as `linux/x64 avx avx2 fma avx512f`. Where the system does not tell the sets, its name stands for them.
 */
export function processorClass({ system, architecture, cpuinfo = "", model = "unknown" }: ProcessorFacts): string {
  const told = instructionSetsIn(cpuinfo);
  const sets = told && kernelSets[architecture]?.filter((name) => told.includes(name));
  return [`${system}/${architecture}`, ...(sets ?? [model.trim()])].join(" ");
}

/** Looks at the processor of this machine. */
export const thisProcessor = (): string =>
  processorClass({
    system: process.platform,
    architecture: process.arch,
    cpuinfo: existsSync(cpuinfoFile) ? readFileSync(cpuinfoFile, "utf8") : undefined,
    model: cpus()[0]?.model,
  });

/** Names the processor and the number of its threads; and where this process is bound to some (`taskset`), to how many. */
export function processorText(threads: readonly Pick<CpuInfo, "model">[], usable: number): string {
  const bound = usable < threads.length ? `${usable} of ` : "";
  return `${threads[0]?.model.trim() ?? "unknown"}, ${bound}${threads.length} threads`;
}
