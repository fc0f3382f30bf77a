import { InputError } from "../../datasets/errors.ts";
import { placesOf } from "../../tasks/places.ts";
import { resultStore } from "../keeping.ts";
import type { MeasureChoice } from "../measure.ts";
import { planTask } from "../plan.ts";
import { removeLeftovers } from "../results/leftovers.ts";
import type { TaskResult } from "../results/result.ts";
import { readResult, resultFolder, writeMeta } from "../results/store.ts";
import { findingTeller } from "../run.ts";
import type { Store } from "../store/store.ts";
import type { World } from "../world.ts";
import { mergeParts, type Part, type PartModel, readPart } from "./part.ts";
import { patiently } from "./patience.ts";
import type { PlannedTask, PlannedUnit } from "./plan.ts";

/** Puts results together and stores them. */
export interface Collector {
  /** Stores the result of a task whose units are all done; returns it, or the equal one that was stored before. */
  readonly collect: (planned: PlannedTask) => Promise<TaskResult>;
  /** Tries once more to store what could not be stored, and returns the number of results that remain. */
  readonly finish: () => Promise<number>;
  /** The model of the results; absent before the first. */
  readonly model: () => PartModel | undefined;
}

async function readParts(units: readonly PlannedUnit[], store: Store, world: World): Promise<readonly Part[]> {
  const parts: Part[] = [];
  for (const { key, title, unit } of units) {
    const bytes = await patiently(() => store.read(key), world);
    if (bytes === undefined) throw new InputError(`store: ${key} (${title}) is gone; the same command runs it again`);
    parts.push(readPart(bytes, unit, key));
  }
  return parts;
}

/** Opens what stores results in a folder as a run on one machine does. */
export function openCollector(
  { results, samples = true, limit, mixed }: Pick<MeasureChoice, "samples" | "limit" | "mixed"> & { results: string },
  store: Store,
  world: World,
): Collector {
  let opened: ({ readonly model: PartModel; readonly folder: string } & ReturnType<typeof resultStore>) | undefined;
  const openFor = async (model: PartModel): Promise<NonNullable<typeof opened>> => {
    if (opened !== undefined) return opened;
    const folder = resultFolder(results, model.name, model.revision);
    await removeLeftovers(folder, world.now());
    await writeMeta(folder, model.meta);
    opened = { model, folder, ...resultStore(folder, samples, () => undefined, world) };
    return opened;
  };
  return {
    async collect({ task, units }) {
      const parts = await readParts(units, store, world);
      const outcome = await mergeParts(task, parts, { limit, mixed }, world.now());
      const [{ identity, model }] = parts as [Part, ...Part[]];
      const place = await openFor(model);
      const tell = findingTeller(task, placesOf(task).length, world.emit);
      for (const part of parts) part.units.forEach(tell);
      const { prompts = {}, adapters = {} } = outcome.result.run ?? {};
      const given = (record: Readonly<Record<string, string>>) => (role: string | undefined) => record[role ?? "text"];
      const wanted = { identity, promptFor: given(prompts), adapterFor: given(adapters) };
      const known = planTask(task, wanted, { stored: await readResult(place.folder, task.name) });
      if (known.kind === "stored") return known.result;
      if (known.reason !== undefined) world.note(`${task.name}: ${known.reason}`);
      await place.store(outcome.result, outcome.samples);
      return outcome.result;
    },
    finish: async () => {
      const unstored = (await opened?.finish()) ?? 0;
      if (opened !== undefined) world.note(`results in ${opened.folder}`);
      return unstored;
    },
    model: () => opened?.model,
  };
}
