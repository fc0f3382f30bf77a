import { shownJson } from "../../datasets/shown.ts";
import { published } from "../../runners/prompts/try.ts";
import type { RunName } from "../comparison/comparison.ts";
import { intervalText, pValueText, runText, signedPoints } from "../comparison/wording.ts";
import { type Column, left, noValue, percent, right } from "../table.ts";
import type { Order, OrderRow } from "./order.ts";
import type { Luck, PromptRow, Sensitivity } from "./sensitivity.ts";

/** A table: its columns, and the texts of its rows. */
export interface Cells {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
}

const changeColumns = [right("Change"), right("95 % interval"), right("p"), left("Verdict")];

const differenceTexts = (change: PromptRow["change"]): string[] =>
  change === undefined
    ? changeColumns.map(() => noValue)
    : [signedPoints(change.difference), intervalText(change), pValueText(change), change.verdict];

/** Returns the table of a model's prompts. */
export const promptCells = ({ rows }: Sensitivity): Cells => ({
  columns: [left("Prompt"), right("Score"), ...changeColumns, left("Text")],
  rows: rows.map(({ prompt, score, change, text, sameAs }) => [
    prompt,
    percent(score),
    ...(sameAs === undefined
      ? differenceTexts(change)
      : [`as ${sameAs}`, ...changeColumns.slice(1).map(() => noValue)]),
    text === undefined ? "(one for each task)" : text === "" ? noValue : shownJson(text, 200),
  ]),
});

const pointsText = (score: number): string => (100 * score).toFixed(2);

/** Says in lines what a task's score depends on the prompt. */
export function sensitivityLines({
  rows,
  prompts,
  median,
  medianChange,
  best,
  worst,
  spread,
  luck,
}: Sensitivity): string[] {
  if (prompts < 2) return ["All prompts put the same text before the texts: there is nothing to tell apart."];
  const scoreOf = (name: string): number => rows.find(({ prompt }) => prompt === name)?.score ?? Number.NaN;
  const { ifEqual, pValue } = spread;
  const sure = medianChange.interval === undefined ? "" : `, 95 % interval ${intervalText(medianChange)}`;
  return [
    `Median of the ${prompts} prompts: ${percent(median)}, ${signedPoints(medianChange.difference)} against the published prompt${sure}.`,
    `Spread: ${pointsText(spread.width)} points, from ${worst} (${percent(scoreOf(worst))}) to ${best} (${percent(scoreOf(best))})${
      ifEqual === undefined || pValue === undefined
        ? "."
        : `; were all equally good, chance alone would make it ${pointsText(ifEqual)} (p ${pText(pValue)}).`
    }`,
    bestLine(best, scoreOf(best), luck),
  ];
}

/** Says which prompt is best, and how much of its score may be luck: none where it was the model's own before anyone chose. */
function bestLine(best: string, score: number, luck: Luck | undefined): string {
  if (best === published) return `Best: the published prompt, ${percent(score)}; none of the others scores more.`;
  const chosen = `Best: ${best}, ${percent(score)}. It was chosen by the texts that it is scored with, so that its score is too high`;
  if (luck === undefined) return `${chosen}; how much is not known.`;
  const ends = [luck.ifEqual, luck.ofChoosing].map((own) => percent(score - Math.max(0, own)));
  const expected = ends[0] === ends[1] ? `about ${ends[0]}` : ends.join(" to ");
  return (
    `${chosen}: by ${luckText(luck.ofChoosing, "about ")} points, by ${luckText(luck.ifEqual)} if all prompts are equally good. ` +
    `On other texts expect ${expected}.`
  );
}

/** Writes a luck in points; one that cannot be shown, which chance makes negative too, is less than the least that can. */
const luckText = (luck: number, about = ""): string =>
  luck < 0.5e-4 ? "less than 0.01" : `${about}${pointsText(luck)}`;

const pText = (pValue: number): string => (pValue < 0.001 ? "< 0.001" : pValue.toFixed(3));

/** Returns the letter by which tables call a model. */
export const letterOf = (model: number): string => String.fromCharCode("A".charCodeAt(0) + model);

/** Returns the letter of the model that is ahead; nothing where none is. */
const aheadIn = ({ models: [first, second] }: Order, { difference }: OrderRow): string | undefined =>
  difference === 0 ? undefined : letterOf(difference > 0 ? second : first);

const isClear = ({ verdict }: OrderRow): boolean => verdict === "better" || verdict === "worse";

/** Returns the table of two models under each prompt. */
export function orderCells(order: Order): Cells {
  const [first, second] = order.models.map(letterOf);
  return {
    columns: [
      left("Prompt"),
      right(first),
      right(second),
      right(`${second} − ${first}`),
      ...changeColumns.slice(1, 3),
      left("Ahead"),
    ],
    rows: order.rows.map((row) => [
      row.choice,
      percent(row.base),
      percent(row.candidate),
      signedPoints(row.difference),
      intervalText(row),
      pValueText(row),
      `${aheadIn(order, row) ?? noValue}${isClear(row) ? ", clearly" : ""}`,
    ]),
  };
}

/** Lists the choices under which a model is ahead: how many, under how many of them clearly, and their names. */
function leadText(order: Order, letter: string): string {
  const rows = order.rows.filter((row) => aheadIn(order, row) === letter);
  const clear = rows.filter(isClear).length;
  const names = rows.length === 0 ? "" : ` (${rows.map(({ choice }) => choice).join(", ")})`;
  return `${letter} is ahead in ${rows.length} of ${order.rows.length} rows${names}, clearly in ${clear}`;
}

/** Says whether the order of two models hangs on the prompt. */
export function orderLine(order: Order): string {
  const [first, second] = order.models.map(letterOf);
  const leads = `${leadText(order, first)}; ${leadText(order, second)}.`;
  switch (order.verdict) {
    case "holds": {
      const ahead = aheadIn(order, order.rows[0]);
      const clear = order.rows.filter(isClear).length;
      return `The order does not hang on the prompt: ${ahead} is ahead in every row, clearly in ${clear} of ${order.rows.length}.`;
    }
    case "turns":
      return `The order hangs on the prompt: ${leads}`;
    case "may turn":
      return `The order may hang on the prompt, but no two prompts turn it clearly: ${leads}`;
  }
}

/** Says in lines which letter stands for which model. */
export const modelLines = (models: readonly RunName[]): string[] =>
  models.length < 2 ? [] : models.map((one, i) => `${letterOf(i)}  ${runText(one)}`);

/** Says how the figures were computed. */
export const computedLine =
  "Change: against the published prompt, which is the model's own, in points. Intervals and p are those of `pramana compare`: a " +
  "paired bootstrap of the units, p corrected for the number of prompts (Holm). None is beside median, spread and best, unless " +
  "the model's own prompt is none.";
