import { count } from "../datasets/shown.ts";
import type { KindWithout } from "../runners/check-scores.ts";
import { findingKinds } from "../tasks/findings/kinds.ts";
import { fitTable, left, right } from "./table.ts";

const points = (value: number): string => (100 * value).toFixed(2);
const signed = (value: number): string => `${value < 0 ? "−" : "+"}${Math.abs(100 * value).toFixed(2)}`;

/** Lists the models of a kind by their score, the best first. */
const orderBy = (scores: KindWithout["scores"], by: "all" | "rest"): string =>
  scores
    .toSorted((a, b) => b[by] - a[by])
    .map(({ model }) => model)
    .join(", ");

/** What the scores without some units do not say by themselves. */
function remarksOn({ kind, scores }: KindWithout): string[] {
  const turned = orderBy(scores, "all") !== orderBy(scores, "rest");
  const isOfModels = kind !== undefined && findingKinds[kind].seenBy === "results";
  return [
    ...(turned ? [`    the order of the models turns: ${orderBy(scores, "rest")}`] : []),
    ...(isOfModels
      ? ["    they were chosen by the models' own errors, so that scores without them can hardly fall"]
      : []),
  ];
}

/** Writes the scores of models with and without the units of each kind, in points. */
export function withoutLines(without: readonly KindWithout[], width = 120): string[] {
  if (without.length === 0) return [];
  const columns = [left("Model"), right("With"), right("Without"), right("Change"), right("95 % interval")];
  return [
    "  Scores with and without them:",
    ...without.flatMap((one) => {
      const title = one.kind === undefined ? "all of these that are no suspicion" : findingKinds[one.kind].title;
      const rows = one.scores.map(({ model, all, rest, difference, interval }) => [
        model,
        points(all),
        points(rest),
        signed(difference),
        interval === undefined ? "too few" : `[${signed(interval[0])}, ${signed(interval[1])}]`,
      ]);
      return [
        `  ${title}: without ${count(one.units, "unit")}`,
        ...fitTable(columns, rows, width - 4).lines.map((line) => `    ${line}`),
        ...remarksOn(one),
      ];
    }),
  ];
}
