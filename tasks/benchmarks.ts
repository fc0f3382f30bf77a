import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";

/** A named list of tasks. */
export interface Benchmark {
  readonly name: string;
  /** Names of tasks of the catalogue, in the order of their columns. */
  readonly tasks: readonly string[];
  /** What it is good for, in a line. */
  readonly description: string;
}

/** The benchmarks there are. */
export const benchmarks: readonly Benchmark[] = Object.freeze([
  {
    name: "pramana-mini",
    tasks: ["MiniSTS", "MiniClassification"],
    description: "built in: 300 texts written for this program, a smoke test and no evidence of quality",
  },
]);

/** The benchmark of that name. Throws `InputError` with the nearest name and all there are. */
export function getBenchmark(name: string): Benchmark {
  const benchmark = benchmarks.find((candidate) => candidate.name === name);
  if (benchmark !== undefined) return benchmark;
  const names = benchmarks.map((candidate) => candidate.name);
  throw new InputError(
    `benchmark "${name}" is unknown${didYouMean(name, names)}; the benchmarks are ${names.join(", ")}`,
  );
}
