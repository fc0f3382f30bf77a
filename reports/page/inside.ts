import { count } from "../../datasets/shown.ts";
import type { ExaminedUnit, Made, Sided } from "../examination/examine.ts";
import type { RankedDocument } from "../examination/ranked.ts";
import { type ExaminedTask, toldSlices } from "../examination/text.ts";
import { rounded } from "./columns.ts";
import type { InsideCell, InsideTask, PageCell, PageData, PageMade, PageMove, PageText, PageUnit } from "./shape.ts";

/** What was found out about a task's units of one run, or of what changed between two. */
export interface FoundCell {
  /** The runs by their places in the page's list of models: of a pair `candidate` is held against `base`. */
  readonly runs: Sided<number>;
  readonly found: ExaminedTask;
}

/** Most characters and lines of a text that the page has. */
const mostOfText = { characters: 600, lines: 12 };
/** The same of a document that is not asked about itself. */
const mostOfDocument = { characters: 240, lines: 4 };
/** The same of what a model said, and of names. */
const mostOfName = { characters: 160, lines: 1 };

/** Cuts a text, between characters. */
function cut(text: string, most: typeof mostOfText): PageText {
  let [end, characters, lines] = [0, 0, 1];
  while (end < text.length && characters < most.characters) {
    const code = text.codePointAt(end) as number;
    if (code === lineEnd && lines === most.lines) break;
    lines += Number(code === lineEnd);
    characters += 1;
    end += widthOf(code);
  }
  let more = 0;
  for (let i = end; i < text.length; i += widthOf(text.codePointAt(i) as number)) more += 1;
  return more > 0 ? { text: text.slice(0, end), more } : { text };
}

const lineEnd = 10;

/** Length of a character in a text. */
const widthOf = (code: number): number => (code > 0xffff ? 2 : 1);

const cutName = (name: string): string => {
  const { text, more } = cut(name, mostOfName);
  return more === undefined ? text : `${text}…`;
};

const points = (share: number): number => rounded(share * 100);

/** Collects things, each once, by their keys. */
function pool<Thing>() {
  const places = new Map<unknown, number>();
  const things: Thing[] = [];
  return {
    things,
    place: (key: unknown, make: () => Thing): number => {
      const known = places.get(key);
      if (known !== undefined) return known;
      places.set(key, things.length);
      return things.push(make()) - 1;
    },
  };
}
type Pool<Thing> = ReturnType<typeof pool<Thing>>;
type Documents = Pool<InsideTask["documents"][number]>;

const whereOf = ({ split, subset }: ExaminedUnit): string =>
  cutName(subset === "default" ? split : `${split}, ${subset}`);

const unitOf = (unit: ExaminedUnit): PageUnit => ({
  name: cutName(unit.name),
  where: whereOf(unit),
  texts: Object.fromEntries(Object.entries(unit.texts).map(([what, text]) => [what, cut(text, mostOfText)])),
  ...(unit.wanted !== undefined && { wanted: cutName(unit.wanted) }),
});

/** Finds a unit's place; of one name there are several where runs were scored by other shares of the units. */
const unitPlace = (unit: PageUnit, units: Pool<PageUnit>): number => units.place(JSON.stringify(unit), () => unit);

function madeOf({ value, said, ranked }: Made, documents: Documents): PageMade {
  const placeOf = ({ id, text }: RankedDocument): number =>
    documents.place(id, () => ({ id: cutName(id), text: cut(text, mostOfDocument) }));
  return {
    value: Number.isFinite(value) ? points(value) : null,
    ...(said !== undefined && { said: cutName(said) }),
    ...(ranked && {
      relevant: ranked.relevant.map((one) => [placeOf(one), one.rank ?? null] as const),
      first: ranked.first.map((one) => [placeOf(one), one.isRelevant] as const),
    }),
  };
}

/** Makes what the page has of a cell, its units and documents by their places in the pools. */
function cellOf({ runs, found }: FoundCell, units: Pool<PageUnit>, documents: Documents): InsideCell {
  const { counts, slices, confusions, shown } = found;
  const { base, candidate } = found.runs;
  const isPaired = runs.candidate !== undefined;
  const { told, areTelling } = toldSlices(slices);
  const last = isPaired ? "candidate" : "base";
  const moves = pool<PageMove>();
  const moveOf = (one: ExaminedUnit): PageMove => ({
    unit: unitPlace(unitOf(one), units),
    made: madeOf(one[last] ?? one.base, documents),
    ...(isPaired && { before: madeOf(one.base, documents) }),
  });
  const listed = Object.entries(shown).map(([order, list]) => [
    order,
    list.map((one) => moves.place(one, () => moveOf(one))),
  ]);
  const unsolved = counts.unsolved?.[last];
  return {
    ...{ of: runs.candidate ?? runs.base, score: points((candidate ?? base).score) },
    ...(isPaired && { against: runs.base, before: points(base.score) }),
    units: counts.units,
    ...(isPaired && { moved: { worse: counts.worse, better: counts.better } }),
    ...(counts.lost !== undefined && counts.won !== undefined && { flipped: { lost: counts.lost, won: counts.won } }),
    ...(unsolved !== undefined && { unsolved }),
    causes: found.causes.map(({ what, certainty }) => (certainty === "likely" ? `${what} (likely)` : what)),
    slices: told.map(({ facet, value, units: of, mean, rest, interval: [low, high], pValue }) => ({
      ...{ name: `${facet}: ${cutName(value)}`, units: of, mean: points(mean), rest: points(rest) },
      ...{ interval: [points(low), points(high)], p: rounded(pValue) },
    })),
    ...{ allSlices: slices.length, areTelling },
    confusions: confusions.map(({ right, said, base: before, candidate: times }) => ({
      ...{ right: cutName(right), said: cutName(said), times: times ?? before },
      ...(times !== undefined && { before }),
    })),
    moves: moves.things,
    shown: Object.fromEntries(listed),
  };
}

/** Makes what the page has of a task's units. */
export function makeInside(
  task: number,
  cells: readonly [FoundCell, ...FoundCell[]],
  about: Pick<InsideTask, "textless">,
): InsideTask {
  const [units, documents] = [pool<PageUnit>(), pool<InsideTask["documents"][number]>()];
  const [{ found }] = cells;
  const own = cells.map((cell) => cellOf(cell, units, documents));
  return {
    ...{ task, measure: found.measure, meaning: found.meaning, ...about },
    ...{ units: units.things, documents: documents.things, cells: own },
  };
}

/** Leaves so many units in each list, and the units and documents that are then still shown. */
function shortened(task: InsideTask, cells: readonly InsideCell[], most: number): InsideTask {
  const [units, documents] = [pool<PageUnit>(), pool<InsideTask["documents"][number]>()];
  const document = (place: number): number => documents.place(place, () => task.documents[place]);
  const made = ({ relevant, first, ...rest }: PageMade): PageMade => ({
    ...rest,
    ...(relevant && { relevant: relevant.map(([place, rank]) => [document(place), rank] as const) }),
    ...(first && { first: first.map(([place, isRelevant]) => [document(place), isRelevant] as const) }),
  });
  const moved = (move: PageMove): PageMove => ({
    unit: units.place(move.unit, () => task.units[move.unit]),
    made: made(move.made),
    ...(move.before && { before: made(move.before) }),
  });
  const own = cells.map((cell): InsideCell => {
    const moves = pool<PageMove>();
    const shown = Object.entries(cell.shown).map(([order, list]) => [
      order,
      list.slice(0, most).map((place) => moves.place(place, () => moved(cell.moves[place]))),
    ]);
    return { ...cell, moves: moves.things, shown: Object.fromEntries(shown) };
  });
  return { ...task, units: units.things, documents: documents.things, cells: own };
}

/** Most bytes of the page that the units of its tasks take. */
const mostInside = 8e6;

const bytesOf = (tasks: readonly InsideTask[]): number => Buffer.byteLength(JSON.stringify(tasks));

/** How much a cell tells: differences go before scores alone, large ones before small ones. */
const weightOf = ({ score, before }: InsideCell): number => (before === undefined ? -1 : Math.abs(score - before));

const cellsOf = (tasks: readonly InsideTask[]): readonly InsideCell[] => tasks.flatMap(({ cells }) => cells);

/** The units of the page's tasks, as many as it has room for. */
export interface FittedInside {
  readonly tasks: readonly InsideTask[];
  /** Remarks that say what is left out. */
  readonly notes: readonly string[];
}

/**
 * Makes the units of the page's tasks fit into it. Where they take more bytes than it has room for, of each cell fewer are
 * shown, and where one of each list is still too much, the cells that tell least are left out.
 *
 * @param most Units of each list, at most.
 */
export function fitInside(tasks: readonly InsideTask[], most: number, room = mostInside): FittedInside {
  const all = [...cellsOf(tasks)].sort((a, b) => weightOf(b) - weightOf(a));
  const fitted = (cells: number, units: number): readonly InsideTask[] => {
    const kept = new Set(all.slice(0, cells));
    return tasks
      .map((task) => ({ task, own: task.cells.filter((cell) => kept.has(cell)) }))
      .filter(({ own }) => own.length > 0)
      .map(({ task, own }) => shortened(task, own, units));
  };
  let [cells, units, found] = [all.length, most, tasks];
  for (let bytes = bytesOf(found); bytes > room && cells > 0; bytes = bytesOf(found)) {
    const share = room / bytes;
    if (units > 1) units = Math.max(1, Math.floor(Math.min(units - 1, units * share)));
    else cells = Math.floor(Math.min(cells - 1, cells * share));
    found = fitted(cells, units);
  }
  const left = all.length - cells;
  return {
    tasks: found,
    notes: [
      ...(units < most
        ? [
            `inside tasks: at most ${count(units, "unit")} of each list in place of ${most}, as there is no room for more`,
          ]
        : []),
      ...(left > 0
        ? [`inside tasks: ${left} of ${all.length} scores and differences are left out, the smallest first`]
        : []),
    ],
  };
}

/** Puts the scores whose units the page has into its data, and what is told about them. */
export const withInside = (data: PageData, tasks: readonly InsideTask[], notes: readonly string[]): PageData => ({
  ...data,
  cells: tasks.flatMap(({ task, cells }) =>
    cells.map(
      ({ of, score, against, before }): PageCell => ({
        ...{ task, of, score },
        ...(against !== undefined && { against }),
        ...(before !== undefined && { before }),
      }),
    ),
  ),
  notes: [...data.notes, ...notes],
});
