import { runText } from "../comparison/wording.ts";
import { csv, escapeCell, linesText, markdownTable, toPercent } from "../table.ts";
import type { PromptReport } from "./report.ts";
import type { PromptRow } from "./sensitivity.ts";
import {
  type Cells,
  computedLine,
  letterOf,
  modelLines,
  orderCells,
  orderLine,
  promptCells,
  sensitivityLines,
} from "./wording.ts";

const paragraphs = (lines: readonly string[]): string[] => lines.flatMap((line) => [escapeCell(line), ""]);

/** Writes a report as Markdown. */
export function promptMarkdown({ models: names, scopes }: PromptReport): string {
  const letter = (model: number): string => (names.length > 1 ? `${letterOf(model)}: ` : "");
  const blocks = scopes.flatMap((scope) => [
    ...scope.models.flatMap((one, model) => [
      `**${escapeCell(scope.name)}**, ${escapeCell(`${scope.measure}; ${letter(model)}${runText(names[model])}`)}`,
      "",
      ...(one === undefined
        ? [escapeCell(scope.reason ?? "not all prompts have a score"), ""]
        : [tableOf(promptCells(one)), ...paragraphs(sensitivityLines(one))]),
    ]),
    ...scope.orders.flatMap((order) => [
      `**${escapeCell(scope.name)}**: ${order.models.map(letterOf).join(" and ")} under each prompt`,
      "",
      tableOf(orderCells(order)),
      ...paragraphs([orderLine(order)]),
    ]),
    ...(scope.reason === undefined ? [] : paragraphs([`${scope.name}: no intervals: ${scope.reason}`])),
  ]);
  return linesText([...blocks, ...paragraphs(modelLines(names)), escapeCell(computedLine)]);
}

const tableOf = ({ columns, rows }: Cells): string => markdownTable(columns, rows);

/** A row for programs: scores in percent, differences in points, unrounded; null where there is none. */
const valuesOf = ({ prompt, text, sameAs, row, score, change }: PromptRow) => ({
  prompt,
  text: text ?? null,
  sameAs: sameAs ?? null,
  row,
  score: toPercent(score),
  change: toPercent(change?.difference),
  low: toPercent(change?.interval?.[0]),
  high: toPercent(change?.interval?.[1]),
  p: change?.pValue ?? null,
  verdict: change?.verdict ?? null,
});

const fields = ["prompt", "text", "sameAs", "row", "score", "change", "low", "high", "p", "verdict"] as const;

/** Writes the prompts' scores as CSV, a row for each task, model and prompt; what is made of them is in JSON. */
export function promptCsv({ models: names, scopes }: PromptReport): string {
  const rows = scopes.flatMap(({ name, models }) =>
    models.flatMap((one, model) =>
      (one?.rows ?? []).map((row) => {
        const values = valuesOf(row);
        return [name, names[model].model, names[model].revision, ...fields.map((field) => values[field])];
      }),
    ),
  );
  return csv([["task", "model", "revision", ...fields], ...rows]);
}

/** Writes a report as JSON. */
export function promptJson({ models: names, scopes }: PromptReport): string {
  const value = {
    models: names,
    tasks: scopes.map(({ name, measure, reason, models, orders }) => ({
      task: name,
      measure,
      ...(reason !== undefined && { noIntervals: reason }),
      models: models.flatMap((one, model) => {
        if (one === undefined) return [];
        const { rows, prompts, median, medianChange, best, worst, spread, luck } = one;
        return [
          {
            model: names[model].model,
            prompts: rows.map(valuesOf),
            different: prompts,
            median: {
              score: toPercent(median),
              change: toPercent(medianChange.difference),
              low: toPercent(medianChange.interval?.[0]),
              high: toPercent(medianChange.interval?.[1]),
            },
            best: { prompt: best, luckOfChoosing: toPercent(luck?.ofChoosing), luckIfEqual: toPercent(luck?.ifEqual) },
            worst: { prompt: worst },
            spread: { width: toPercent(spread.width), ifEqual: toPercent(spread.ifEqual), p: spread.pValue ?? null },
          },
        ];
      }),
      orders: orders.map(({ models: pair, rows, verdict }) => ({
        models: pair.map((model) => names[model].model),
        verdict,
        choices: rows.map(({ choice, base, candidate, difference, interval, pValue, verdict: own }) => ({
          choice,
          scores: [toPercent(base), toPercent(candidate)],
          difference: toPercent(difference),
          low: toPercent(interval?.[0]),
          high: toPercent(interval?.[1]),
          p: pValue ?? null,
          verdict: own,
        })),
      })),
    })),
  };
  return `${JSON.stringify(value, null, 2)}\n`;
}
