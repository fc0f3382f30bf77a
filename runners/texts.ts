import type { HubSettings } from "../datasets/hub.ts";
import type { Role } from "../models/encoder.ts";
import type { Kernels } from "../models/kernels.ts";
import { placesOf } from "../tasks/places.ts";
import { pairsColumns, readColumns } from "../tasks/protocols/column-pairs.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { Embed, TaskSpec } from "../tasks/task.ts";
import { openTaskData } from "./task-data.ts";

export interface NeededText {
  readonly text: string;
  /** Undefined where the task does not tell roles apart. */
  readonly role: Role | undefined;
}

/**
 * Yields all texts that the tasks need vectors of, each once for each role. The tasks are run with vectors that are all
 * alike, for the texts that they ask for do not depend on the vectors that they get; of pairs of columns, the columns are
 * read.
 * @throws InputError for data sets that cannot be read
 */
export async function* neededTexts(
  tasks: readonly TaskSpec[],
  hub: HubSettings,
  kernels: Kernels,
  signal: AbortSignal,
): AsyncGenerator<NeededText> {
  const seen: Record<Role | "any", Set<string>> = { query: new Set(), document: new Set(), any: new Set() };
  for (const task of tasks) {
    const found: NeededText[] = [];
    const embed: Embed = async (texts, role) => {
      signal.throwIfAborted();
      const known = seen[role ?? "any"];
      for (const text of texts) {
        if (known.has(text)) continue;
        known.add(text);
        found.push({ text, role });
      }
      return { data: new Float32Array(texts.length).fill(1), rows: texts.length, dims: 1 };
    };
    await runSubsets(task, embed, hub, kernels);
    yield* found;
  }
}

async function runSubsets(task: TaskSpec, embed: Embed, hub: HubSettings, kernels: Kernels): Promise<void> {
  const dataset = await openTaskData(task, hub);
  if (pairsColumns(task)) {
    for (const split of task.splits) {
      const { columns } = await readColumns(task, Object.keys(task.languages), split, dataset);
      for (const texts of columns.values()) await embed(texts);
    }
    return;
  }
  for (const { split, subset } of placesOf(task)) {
    const { evaluate } = await prepareTask(task, subset, split, dataset);
    const silent = { announce: () => {}, calibrate: async () => {} };
    await evaluate({ kind: "vectors", embed, ...silent, similarity: "dot", backend: "official", kernels });
  }
}
