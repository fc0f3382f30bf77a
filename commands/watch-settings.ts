import { createHash } from "node:crypto";
import { providerOf } from "../models/runtime/providers/index.ts";
import type { MeasureChoice } from "../runners/measure.ts";
import type { ChosenPrompts } from "../runners/model/prompts.ts";
import type { TaskSpec } from "../tasks/task.ts";

/** Characters of a hash that tell two files of prompts apart. */
const hashLength = 12;

/**
 * What the scores of a watch depend on besides the checkpoint, as a text: the tasks, and what was chosen for the model.
 * Checkpoints that were evaluated with other settings are no part of its curves, and are evaluated again.
 */
export function settingsOf(
  choice: MeasureChoice,
  tasks: readonly TaskSpec[],
  prompts: ChosenPrompts | undefined,
): string {
  const { device, precision, onnx, modelConfig, maxTokens, dimensions, quantize, estimator } = choice;
  const given =
    prompts &&
    `${prompts.name}#${createHash("sha256").update(JSON.stringify(prompts.given)).digest("hex").slice(0, hashLength)}`;
  return JSON.stringify({
    tasks: tasks.map(({ name }) => name),
    precision: precision ?? providerOf(device).defaultPrecision,
    onnx,
    modelConfig,
    maxTokens,
    dimensions,
    quantize,
    prompts: given,
    estimator,
  });
}
