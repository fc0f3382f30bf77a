import { InputError } from "../../datasets/errors.ts";
import { count } from "../../datasets/shown.ts";
import type { Store } from "../store/store.ts";
import type { World } from "../world.ts";
import { cutKey, cutUnits, readCut } from "./cut.ts";
import { patiently } from "./patience.ts";
import { namedUnit, type PlannedUnit } from "./plan.ts";

/** A planned unit, and what it became where its corpus was cut. */
export interface GrownUnit {
  readonly unit: PlannedUnit;
  readonly cut?: { readonly shards: readonly PlannedUnit[]; readonly join: PlannedUnit };
}

/** Names in a store. */
type Names = ReadonlySet<string>;

/** Returns the unit that gives a planned one's result. */
export const finalOf = ({ unit, cut }: GrownUnit, done: Names): PlannedUnit =>
  cut === undefined || done.has(unit.key) ? unit : cut.join;

/** Returns all units that a planned one is done by. */
export const unitsOf = (grown: GrownUnit, done: Names): readonly PlannedUnit[] => [
  ...(grown.cut === undefined || done.has(grown.unit.key) ? [] : grown.cut.shards),
  finalOf(grown, done),
];

/** Returns the units that are not done and can be done now: shards are put together once all of them are there. */
export function openOf(grown: GrownUnit, done: Names): readonly PlannedUnit[] {
  const final = finalOf(grown, done);
  if (done.has(final.key)) return [];
  const shards = (grown.cut?.shards ?? []).filter(({ key }) => !done.has(key));
  return shards.length > 0 ? shards : [final];
}

/** Returns what lets units grow by the cuts that lie in a store, each of which it reads once. */
export function openGrowth(
  store: Store,
  world: Pick<World, "note" | "signal">,
): (units: readonly PlannedUnit[], done: Names) => Promise<readonly GrownUnit[]> {
  const cuts = new Map<string, NonNullable<GrownUnit["cut"]>>();
  const readUnit = async ({ key, title, unit }: PlannedUnit): Promise<NonNullable<GrownUnit["cut"]>> => {
    const bytes = await patiently(() => store.read(cutKey(key)), world);
    if (bytes === undefined) throw new InputError(`store: ${cutKey(key)} is gone; the same command makes it again`);
    const borders = readCut(bytes, unit, `store: ${cutKey(key)}`);
    world.note(`${title}: ${count(borders.at(-1) ?? 0, "document")}, searched in ${borders.length - 1} shards`);
    const { shards, join } = cutUnits(unit, borders);
    return { shards: shards.map(namedUnit), join: namedUnit(join) };
  };
  return async (units, done) => {
    const grown: GrownUnit[] = [];
    for (const unit of units) {
      const isCut = done.has(cutKey(unit.key)) && !done.has(unit.key);
      if (isCut && !cuts.has(unit.key)) cuts.set(unit.key, await readUnit(unit));
      const cut = isCut ? cuts.get(unit.key) : undefined;
      grown.push({ unit, ...(cut && { cut }) });
    }
    return grown;
  };
}
