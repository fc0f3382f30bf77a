import { type FindingKind, findingKinds } from "../tasks/findings/kinds.ts";
import { placeKey, placesOf } from "../tasks/places.ts";
import { type WithoutUnits, withoutUnits } from "../tasks/resampling/without-units.ts";
import { openStatistic, type Statistic } from "../tasks/statistic.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { type CheckingModel, placesOfUnits } from "./check-models.ts";

/** The units of samples about which something was found, by kind and the key of their place. */
export type UnitsByKind = Map<FindingKind, Map<string, Set<number | string>>>;

/** The scores of models with and without the units of a kind. */
export interface KindWithout {
  /** Absent for the units of all kinds that are no suspicion. */
  readonly kind?: FindingKind;
  /** Units that are left out. */
  readonly units: number;
  readonly scores: readonly (WithoutUnits & { readonly model: string })[];
}

/** Joins the units of several kinds. */
function joined(all: readonly ReadonlyMap<string, ReadonlySet<number | string>>[]): Map<string, Set<number | string>> {
  const units = new Map<string, Set<number | string>>();
  for (const places of all) {
    for (const [key, own] of places) units.set(key, new Set([...(units.get(key) ?? []), ...own]));
  }
  return units;
}

/**
 * Returns the scores of models with and without the units of each kind, and without those of all kinds that are no
 * suspicion. `units` has none where leaving rows out
 * changes what is learnt or found, which only a run tells.
 */
export function withoutKinds(task: TaskSpec, models: readonly CheckingModel[], units: UnitsByKind): KindWithout[] {
  if (models.length === 0) return [];
  const places = placesOf(task);
  const opened = models.flatMap(({ model, samplesAt }) => {
    const samples = places.map(samplesAt);
    if (samples.some((one) => one === undefined)) return [];
    return [
      {
        model,
        parts: samples.flatMap((one) => (one === undefined ? [] : [{ samples: one, statistic: openStatistic(one) }])),
      },
    ];
  });
  const scoresOf = (own: ReadonlyMap<string, ReadonlySet<number | string>>): KindWithout["scores"] =>
    opened.map(({ model, parts }) => {
      const without = parts.map(({ samples, statistic }, i) => {
        const named = own.get(placeKey(places[i])) ?? [];
        const placeOf = placesOfUnits(samples);
        return {
          statistic,
          leftOut: new Set([...named].flatMap((unit) => inRange(placeOf(unit), statistic))),
        };
      });
      return { model, ...withoutUnits(without) };
    });
  const kinds = (Object.keys(findingKinds) as FindingKind[]).filter((kind) => units.has(kind));
  const one = kinds.map((kind) => ({ kind, own: units.get(kind) as Map<string, Set<number | string>> }));
  const faults = one.filter(({ kind }) => !("isSuspicion" in findingKinds[kind]));
  const rows = [...one, ...(faults.length > 1 ? [{ own: joined(faults.map(({ own }) => own)) }] : [])];
  return rows.map(({ own, ...kind }) => ({
    ...kind,
    units: [...own.values()].reduce((sum, set) => sum + set.size, 0),
    scores: scoresOf(own),
  }));
}

const inRange = (place: number | undefined, { units }: Statistic): number[] =>
  place === undefined || place >= units ? [] : [place];
