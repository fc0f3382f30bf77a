import type { ExaminedUnit, Shown } from "../../examination/examine.ts";
import type { ExaminedTask } from "../../examination/text.ts";
import { type FoundCell, makeInside, withInside } from "../inside.ts";
import type { InsideTask, PageData } from "../shape.ts";

/** A text that ends the element it stands in, turns what is around it, and hides what it says. */
export const evilText = "</script><img src=x onerror=alert(3)>\u202eturned\u200bhidden\u0000";

/** A unit of a made-up task; of the base `was`, if it is held against one. */
export const unit = (name: string, is: number, was?: number, text = `text of ${name}`): ExaminedUnit => ({
  ...{ split: "test", subset: "default", name, texts: { text }, wanted: "train" },
  base: { value: was ?? is, said: "ferry" },
  ...(was !== undefined && { candidate: { value: is, said: "bus" } }),
});

const places = {
  base: { model: "acme/large", revision: "main" },
  candidate: { model: "acme/small", revision: "main" },
};

/** What was found out about some units, of one run or of two. */
export function found(score: number, shown: Shown, before?: number): ExaminedTask {
  const run = { ...places.base, score: before ?? score };
  const slice = { facet: "length", units: 20, interval: [-0.2, 0.1] as const, mean: -0.05, rest: 0.01 };
  return {
    ...{ task: "Sts1", measure: "accuracy", meaning: "whether it is right", shown },
    runs: { base: run, ...(before !== undefined && { candidate: { ...places.candidate, score } }) },
    causes: [{ what: "precision fp32 against int8", certainty: "seen" }],
    counts: { units: 40, worse: 3, better: 2, ...(before !== undefined && { lost: 1, won: 0 }), unsolved: { base: 4 } },
    slices: [{ ...slice, value: "9 to 24 characters", pValue: 0.01 }],
    mean: -0.1,
    confusions: [{ right: "train", said: "ferry", base: 5, ...(before !== undefined && { candidate: 7 }) }],
  };
}

const [low, high] = [unit("row 1", 0, 1, evilText), unit("row 2", 1, 0.25)];

/** The second model held against the first, and each alone. */
export const foundCells: readonly [FoundCell, ...FoundCell[]] = [
  {
    runs: { base: 0, candidate: 1 },
    found: found(0.7, { worse: [low], better: [high], moved: [low, high], flipped: [], worst: [low] }, 0.8),
  },
  { runs: { base: 0 }, found: found(0.8, { worst: [unit("row 2", 0.25), unit("row 3", 0.5)] }) },
  { runs: { base: 1 }, found: found(0.7, { worst: [unit("row 1", 0, undefined, evilText)] }) },
];

/** The units of the page's first task. */
export const insideTask = (): InsideTask => makeInside(0, foundCells, {});

/** The data of a page with the units of its first task. */
export const insideData = (data: PageData): PageData => withInside(data, [insideTask()], []);
