import { isAbsolute } from "node:path";
import { asUsage, InputError, UsageError } from "../../datasets/errors.ts";
import { isAddress, parseEndpoint } from "../../models/endpoint/address.ts";
import { revisionOf } from "../../models/revision.ts";
import { workOf } from "../../tasks/sizes.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { pramanaVersion } from "../environment.ts";
import { hashTask } from "../identity.ts";
import type { MeasureChoice } from "../measure.ts";
import { hashModelFiles, isRepository, refuseRepositoryOptions } from "../model/adapters.ts";
import { openNamed } from "../model/open-model.ts";
import type { World } from "../world.ts";
import { idOf, keyOf, partsOf, type QueuedUnit, type Setting, titleOf } from "./unit.ts";

/** A unit that is to be done. */
export interface PlannedUnit {
  readonly id: string;
  /** Its name in the store. */
  readonly key: string;
  readonly title: string;
  readonly unit: QueuedUnit;
}

/** A task, and the units that make it up. */
export interface PlannedTask {
  readonly task: TaskSpec;
  readonly units: readonly PlannedUnit[];
}

/**
 * Says what model is meant, and how it is to run: a branch becomes its commit, a folder gets a hash. No weights are
 * downloaded.
 *
 * @throws UsageError for a model that is not there, a folder that is named from here, an address with a secret in it, and
 *   options that the model does not take
 */
export async function settingOf(
  choice: Omit<MeasureChoice, "results"> & { readonly model: string },
  { hub }: Pick<World, "hub">,
): Promise<Omit<Setting, "hardware">> {
  const { model, kind, precision, onnx, modelConfig, maxTokens, dimensions, quantize, estimator, limit } = choice;
  refuseRepositoryOptions(model, choice);
  await asUsage(() => requireNoSecret(model));
  const known = isRepository(model) ? await openNamed(model, choice.revision, hub) : undefined;
  const isFolder = known?.revision === "local";
  if (isFolder && !isAbsolute(model)) {
    throw new UsageError(
      `model: ${model} is a folder named from here, which workers elsewhere would not find; name it by its whole path`,
    );
  }
  const commit = isFolder ? undefined : known?.revision;
  const revision = known && (await revisionOf(known));
  return {
    pramana: pramanaVersion(),
    model,
    ...(commit === undefined ? {} : { commit }),
    ...(revision === undefined || revision === commit ? {} : { revision }),
    ...(kind === undefined ? {} : { kind }),
    ...(precision === undefined ? {} : { precision }),
    ...(onnx ? { onnx } : {}),
    ...(modelConfig === undefined ? {} : { modelConfig: { ...modelConfig } }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(dimensions === undefined ? {} : { dimensions }),
    ...(quantize === undefined ? {} : { quantize }),
    estimator,
    ...(limit === undefined ? {} : { limit }),
  };
}

/** @throws InputError for an address that holds what nobody else is to read: units are kept in clear text */
function requireNoSecret(model: string): void {
  if (!isAddress(model)) return;
  const { url, place } = parseEndpoint(model);
  if (url === place) return;
  throw new InputError(
    `model: ${place} has a query, which may hold a key and is not sent through a queue; give the key to the workers, in PRAMANA_API_KEY`,
  );
}

/** Gives a unit its names. */
export const namedUnit = (unit: QueuedUnit): PlannedUnit => ({
  ...{ id: idOf(unit), key: keyOf(unit), title: titleOf(unit), unit },
});

/**
 * Parts tasks into units.
 * @param shardSize `QueuedUnit.shardSize`
 */
export async function planUnits(
  setting: Setting,
  tasks: readonly TaskSpec[],
  signal: AbortSignal,
  shardSize?: number,
): Promise<readonly PlannedTask[]> {
  const files = await hashModelFiles([setting.model], signal);
  const planned: PlannedTask[] = [];
  for (const task of tasks) {
    const inputs = { ...(await hashTask(task, signal)), ...files };
    const units = partsOf(task).map((places) => {
      const unit = { setting, task: task.name, data: task.dataset.revision, inputs, places: [...places] };
      return namedUnit({ ...unit, ...(shardSize !== undefined && { shardSize }) });
    });
    planned.push({ task, units });
  }
  return planned;
}

/**
 * Puts those tasks first whose units are expected to take longest, by the catalogue's sizes: whatever is begun last then ends
 * soon after the others (Graham 1969, "longest processing time first").
 */
export function largestFirst(planned: readonly PlannedTask[]): readonly PlannedTask[] {
  const works = workOf(planned.map(({ task }) => task));
  const ofUnit = planned.map((one, i) => ({ one, work: works[i] / Math.max(1, one.units.length) }));
  return ofUnit.sort((a, b) => b.work - a.work).map(({ one }) => one);
}
