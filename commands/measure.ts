import type { Quantization } from "../models/forms/quantization.ts";
import { marked } from "../models/marks.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { readEnvironment } from "../runners/environment.ts";
import { requireAnyTask } from "../runners/model.ts";
import type { TaskResult } from "../runners/result.ts";
import { runTasks } from "../runners/run.ts";
import type { SubsetSamples } from "../runners/sample-table.ts";
import { writeSamples } from "../runners/samples-file.ts";
import { resultFolder, writeModelMeta, writeResult } from "../runners/store.ts";
import type { Estimator, TaskSpec } from "../tasks/task.ts";
import { type CacheChoice, chosenCache } from "./cache-choice.ts";
import { acceleratorOf, findDevice } from "./device.ts";
import { type ModelChoice, openModelOrRanker } from "./model.ts";
import { applyPrompts, type ChosenPrompts } from "./prompts.ts";
import { asUsage, hubOf, progressTo, type Terminal } from "./terminal.ts";

/** Which model is measured, and in which form. */
export interface MeasureChoice extends ModelChoice, CacheChoice {
  readonly estimator: Estimator;
  readonly quantize?: Quantization;
  /** Folder that results are stored in; nothing is stored where it is absent. */
  readonly results?: string;
  /** Whether what scores are made of is stored beside them; true where absent. */
  readonly samples?: boolean;
}

/** What was measured. */
export interface Measured {
  /** The model's name with what changes its scores. */
  readonly model: string;
  readonly revision: string;
  /** Longest input in tokens; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Of the tasks that did not fail, in their order. */
  readonly results: readonly TaskResult[];
}

/** Opens a model, runs tasks, stores each result as soon as it is there, and closes the model. */
export async function measure(
  choice: MeasureChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
  terminal: Terminal,
): Promise<Measured> {
  const emit = progressTo(terminal);
  const hub = hubOf(terminal, emit);
  const device = await findDevice(choice.device, terminal.env);
  const cache = await chosenCache(choice, device, terminal);
  const [opened, kernels] = await openAll([
    openModelOrRanker(choice, { ...terminal, hub, device, cache }),
    openKernels({ threads: choice.threads }),
  ]);
  try {
    await asUsage(() => requireAnyTask(opened, tasks));
    const encoder = applyPrompts(opened, prompts, tasks);
    const { quantize: quantization } = choice;
    const id = quantization === undefined ? encoder.info.id : marked(encoder.info.id, quantization);
    const model = choice.estimator === "official" ? id : marked(id, `estimator=${choice.estimator}`);
    const { revision, maxTokens } = encoder.info;
    const folder = choice.results === undefined ? undefined : resultFolder(choice.results, model, revision);
    if (folder !== undefined) await writeModelMeta(folder, { ...encoder.info, id: model });
    const form = quantization === undefined ? {} : { quantization };
    const plan = { encoder, model, tasks, estimator: choice.estimator, ...form, kernels };
    const store = async (result: TaskResult, samples: readonly SubsetSamples[]) => {
      if (folder === undefined) return;
      // In this order: a result then always has its own samples, or none.
      await writeSamples(folder, result, choice.samples === false ? [] : samples);
      await writeResult(folder, result);
    };
    const { now, signal } = terminal;
    const environment = readEnvironment(await acceleratorOf(encoder.info.device, terminal.env));
    const results = await runTasks(plan, { hub, environment, store, emit, now, signal });
    if (folder !== undefined) terminal.err(`results in ${folder}\n`);
    return { model, revision, maxTokens, results };
  } finally {
    await closeAll([opened, kernels]);
  }
}
