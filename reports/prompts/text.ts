import { plainText } from "../../datasets/shown.ts";
import { runText } from "../comparison/wording.ts";
import { fitTable, linesText } from "../table.ts";
import { wrapText } from "../wrap.ts";
import type { PromptReport, PromptsOfScope } from "./report.ts";
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

/** Lays a table out; the last column, of texts, is cut where room is short. */
function tableLines({ columns, rows }: Cells, width: number): string[] {
  const { lines, noRoom } = fitTable(columns, rows, width, {
    names: columns.at(-1)?.heading === "Text" ? columns.length - 1 : 0,
  });
  return [...lines, ...noRoom];
}

const headOf = ({ name, measure }: PromptsOfScope): string => `${name}, ${measure}`;

function scopeLines({ models: names }: PromptReport, scope: PromptsOfScope, width: number): string[] {
  const letter = (model: number): string => (names.length > 1 ? `${letterOf(model)}: ` : "");
  const blocks = scope.models.map((one, model) => [
    `${headOf(scope)}; ${letter(model)}${runText(names[model])}`,
    ...(one === undefined
      ? [`${scope.reason ?? "not all prompts have a score"}; see above what failed`]
      : [...tableLines(promptCells(one), width), "", ...sensitivityLines(one)]),
    "",
  ]);
  const orders = scope.orders.flatMap((order) => [
    `${headOf(scope)}; ${order.models.map(letterOf).join(" and ")} under each prompt`,
    ...tableLines(orderCells(order), width),
    "",
    orderLine(order),
    "",
  ]);
  const unsure = scope.reason === undefined ? [] : [`${headOf(scope)}: no intervals: ${scope.reason}`, ""];
  return [...blocks.flat(), ...orders, ...unsure];
}

/** Writes a report for a terminal of `width` columns. */
export function promptText(report: PromptReport, width: number): string {
  const lines = [
    ...report.scopes.flatMap((scope) => scopeLines(report, scope, width)),
    ...modelLines(report.models),
    computedLine,
  ];
  return wrapText(linesText(lines.map(plainText)), width);
}
