import { count, plainText } from "../../datasets/shown.ts";
import { fitTable, left, linesText, markdownList, markdownTable, plainPoints, right, tableText } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { PredictedMean, PredictedModel, PredictionReport } from "./predict-board.ts";

const columns = [left("Mean"), right("Measured"), right("Predicted"), right("95 % interval")];

const points = (value: number): string => value.toFixed(2);

function cellsOf({ name, measured, tasks, value, interval: [low, high] }: PredictedMean): string[] {
  const isMeasured = measured === tasks;
  return [name, `${measured} of ${tasks}`, points(value), isMeasured ? "measured" : `${points(low)} – ${points(high)}`];
}

const headOf = ({ model, measured }: PredictedModel, { benchmark, tasks }: PredictionReport): string =>
  `Predicted, not measured: ${model} on ${benchmark}, from ${measured.length} of ${count(tasks, "task")}`;

/** Says what a reader must know of one model's prediction. */
const unlikeNote = ({ model }: PredictedModel, { learntFrom }: PredictionReport): string =>
  `${model} is unlike the ${count(learntFrom, "model")} that this is learnt from: its measured scores, or what follows from them, lie ` +
  "outside of theirs. The intervals are widened for it, and may still be too narrow";

/** Lists what belongs below the tables. */
function notesOf(report: PredictionReport): string[] {
  const { models, learntFrom, without, benchmark } = report;
  const what =
    `learnt from the published scores of ${count(learntFrom, "model")} on all tasks of ${benchmark}; the interval holds the ` +
    "measured mean of about 95 of 100 models like them; what is published of a model itself is left out. A predicted mean has no rank, is not stored, and cannot be published";
  return [
    ...(models.length > 0 ? [what] : []),
    ...models.filter(({ isUnlike }) => isUnlike).map((one) => unlikeNote(one, report)),
    ...without.map(({ model, reason }) => `${model}: nothing is predicted: ${reason}`),
  ];
}

/** Writes a table for each model, as Markdown. */
export function predictionMarkdown(report: PredictionReport): string {
  const tables = report.models.map(
    (one) => `${headOf(one, report)}\n\n${markdownTable(columns, one.means.map(cellsOf))}`,
  );
  return `${tables.join("\n")}${markdownList(notesOf(report))}`.replace(/^\n/, "");
}

/** Writes the same for a terminal of `width` columns. */
export function predictionText(report: PredictionReport, width: number): string {
  const tables = report.models.map((one) => {
    const { lines, noRoom } = fitTable(columns, one.means.map(cellsOf), width, { whole: "a pipe" });
    return `${wrapText(plainText(headOf(one, report)), width)}\n\n${tableText(lines, noRoom, width)}`;
  });
  const notes = linesText(notesOf(report).map((line) => wrapText(plainText(line), width)));
  return [...tables, ...(notes === "" ? [] : [notes])].join("\n");
}

/** Writes one JSON document; means and intervals in points. */
export const predictionJson = (report: PredictionReport): string =>
  `${JSON.stringify(report, (_, value) => (typeof value === "number" ? plainPoints(value) : value), 2)}\n`;
