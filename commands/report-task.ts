import { InputError, messageOf } from "../datasets/errors.ts";
import { isFile } from "../datasets/folder.ts";
import { groupBy } from "../datasets/group-by.ts";
import { fetchCommand } from "../datasets/not-cached.ts";
import { shown } from "../datasets/shown.ts";
import type { Order, Sided } from "../reports/examination/examine.ts";
import { type FoundCell, makeInside } from "../reports/page/inside.ts";
import type { InsideTask } from "../reports/page/shape.ts";
import {
  type ModelOfRun,
  type PromptedText,
  type SeenModel,
  seeModel,
  unseen,
} from "../runners/examine/model-texts.ts";
import { predictionsIn, readPredictions } from "../runners/results/predictions.ts";
import type { World } from "../runners/world.ts";
import { placesOf } from "../tasks/places.ts";
import type { TaskSpec } from "../tasks/task.ts";
import {
  examineTask,
  isElsewhere,
  type Looked,
  type Material,
  modelOf,
  otherData,
  type RankingsAt,
  readUnits,
  type SeeTexts,
} from "./examine-task.ts";

/** A run that has samples of a task, by the place of its row in the page. */
export interface PageRun extends Looked {
  readonly place: number;
}

/** How a task of the page is looked into. */
export interface InsideChoice {
  /** Place of the run that the others are held against. */
  readonly base: number;
  /** Most units of each list. */
  readonly top: number;
  /** Folders or files of rankings. */
  readonly predictions?: readonly string[];
}

/** Orders in which units are shown: of a run alone, and of one that is held against another. */
const alone: readonly Order[] = ["worst"];
const paired: readonly Order[] = ["worse", "better", "moved", "flipped", "worst"];

const withoutTexts = "The texts are not here: the task’s data were not at hand when this page was made.";

/** Says how a result's units were drawn, which their names go by: the same for results of the same units. */
const drawnAs = ({ result: { run } }: Looked): string =>
  JSON.stringify(run?.limit === undefined ? null : [run.limit, run.firstStage !== undefined]);

/**
 * Looks into a task of the page: at each run alone, and at what changed against the base, where it has the same units. Tells
 * of each run or pair that cannot be looked at why.
 *
 * @returns Nothing where there is none.
 */
export async function lookInside(
  { task, place }: { readonly task: TaskSpec; readonly place: number },
  all: readonly PageRun[],
  { base, top, predictions = [] }: InsideChoice,
  world: World,
): Promise<readonly InsideTask[]> {
  const tell = (line: string): void => world.note(`inside ${task.name}: ${line}`);
  const runs = all.filter(({ run, result }) => {
    const other = otherData(task, result);
    if (other !== undefined) tell(`${run.model} is left out, as its result is ${other}`);
    return other === undefined;
  });
  const rankings = await readRankings(task, runs, predictions, tell);
  const see = seeOnce(world);
  const cells: FoundCell[] = [];
  let isTextless = false;
  for (const group of groupBy(runs, drawnAs).values()) {
    const { units, hasTexts } = await readUnits(task, group[0], world, tell);
    isTextless ||= !hasTexts;
    const held = group.find((run) => run.place === base);
    for (const run of group) {
      world.signal.throwIfAborted();
      const pair = held !== undefined && held !== run ? [{ base: held, candidate: run }] : [];
      for (const sided of [...pair, { base: run }]) {
        cells.push(...(await lookAt({ task, units, see }, sided, rankings, top, tell)));
      }
    }
  }
  const [first, ...others] = cells;
  if (first === undefined) return [];
  return [makeInside(place, [first, ...others], isTextless ? { textless: withoutTexts } : {})];
}

/** Looks at one run, or at two; tells why it cannot. */
async function lookAt(
  material: Omit<Material, "rankings">,
  sided: Sided<PageRun>,
  rankings: ReadonlyMap<Looked, RankingsAt>,
  most: number,
  tell: (line: string) => void,
): Promise<readonly FoundCell[]> {
  const { base, candidate } = sided;
  const [own, other] = [base, candidate].map((run) => run && rankings.get(run));
  const ranked = { ...(own && { base: own }), ...(other && { candidate: other }) };
  const orders = candidate === undefined ? alone : paired;
  try {
    const found = await examineTask({ ...material, rankings: ranked }, sided, { orders, most });
    return [{ runs: { base: base.place, ...(candidate && { candidate: candidate.place }) }, found }];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    tell(`${[base, ...(candidate ? [candidate] : [])].map(({ run }) => run.model).join(" and ")}: ${messageOf(error)}`);
    return [];
  }
}

/** Returns what looks at the files of each run's model, once for a task. */
function seeOnce(world: World): SeeTexts {
  const seen = new Map<Looked, Promise<SeenModel | undefined>>();
  return (looked, _side, texts) => {
    const model = modelOf(looked);
    const found = seen.get(looked) ?? (model ? seeOrTell(model, texts, world) : Promise.resolve(undefined));
    seen.set(looked, found);
    return found;
  };
}

/** Looks at a model's files, where they are on this machine; else tells how they get there. */
const seeOrTell = (model: ModelOfRun, texts: readonly (readonly PromptedText[])[], { hub, note }: World) =>
  seeModel(model, texts, hub).catch((error: unknown) => {
    const fetch = fetchCommand({ kind: "model", id: model.id, revision: model.revision ?? "main" });
    const why = `its files are not on this machine; \`${fetch}\` brings them`;
    note(isElsewhere(error) ? `what ${model.id} makes of the texts is not told: ${why}` : unseen(model, error));
    return undefined;
  });

/** Opens the rankings of the runs of a task, which say whose they are. */
async function readRankings(
  task: TaskSpec,
  runs: readonly PageRun[],
  paths: readonly string[],
  tell: (line: string) => void,
): Promise<ReadonlyMap<Looked, RankingsAt>> {
  const rankings = new Map<Looked, RankingsAt>();
  for (const path of paths) {
    const file = await predictionsIn(path, task.name);
    if (!(await isFile(file))) continue;
    try {
      const { model, at } = await readPredictions(file);
      const own = runs.find(({ run }) => run.model === model.name && run.revision === model.revision);
      if (own === undefined) tell(`${file} holds rankings of ${shown(model.name)}, of which the page has no samples`);
      else {
        for (const place of placesOf(task)) at(task, place);
        rankings.set(own, (place) => at(task, place));
      }
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      tell(`its rankings are not shown: ${messageOf(error)}`);
    }
  }
  return rankings;
}
