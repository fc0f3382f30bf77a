import type { MeasureChoice } from "../measure.ts";
import type { Setting } from "./unit.ts";

/** Options that a queued unit does not carry, and that say nothing to who queues it; beside a queue they are refused. */
export const notQueued = [
  "name",
  "queryModel",
  "documentModel",
  "fusion",
  "weights",
  "overwrite",
  "prompts",
  "firstStage",
  "topK",
  "savePredictions",
  "skipMissing",
  "cache",
  "cacheSize",
  "dryRun",
] as const;

/** Options that do not change a score: each machine's own, or those of the one that stores the results. */
type OwnOptions = "device" | "threads" | "results" | "samples" | "mixed";

/** What no unit would carry in silence: the compiler asks here for an option that is in none of the lists. */
type Forgotten = Exclude<keyof MeasureChoice, keyof Setting | OwnOptions | (typeof notQueued)[number]>;
export const forgotten: readonly Forgotten[] & { readonly length: [Forgotten] extends [never] ? 0 : never } = [];
