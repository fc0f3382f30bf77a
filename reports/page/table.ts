import { escapeHtml } from "../html.ts";
import type { PageCell, PageColumn, PageData, PageModel } from "./data.ts";

/** Percent of the accent colour behind the best value of a column: text stays readable on it, in light and dark. */
const mostHeat = 34;

/** Returns the range of a column's values, those of a share of the units left out. */
function rangeOf(models: readonly PageModel[], cellOf: (model: PageModel) => PageCell): Range {
  const values = models.flatMap((model) => {
    const { value } = cellOf(model);
    return typeof value === "number" && !model.isLimited ? [value] : [];
  });
  return { least: Math.min(...values), most: Math.max(...values) };
}

const valueAttribute = (value: PageCell["value"]): string =>
  value === null ? "" : ` data-value="${escapeHtml(String(value))}"`;

/** The range of a column's values. */
interface Range {
  readonly least: number;
  readonly most: number;
}

/** That of cells which stand in no order with the others. */
const noRange: Range = { least: 0, most: 0 };

function cellHtml({ text, value }: PageCell, { align, heat }: PageColumn, { least, most }: Range): string {
  if (!heat || typeof value !== "number")
    return `<td class="${align}"${valueAttribute(value)}>${escapeHtml(text)}</td>`;
  const share = most > least ? (value - least) / (most - least) : 0;
  const classes = `${align} heat${most > least && value === most ? " best" : ""}`;
  const style = `--heat:${(share * mostHeat).toFixed(1)}`;
  return `<td class="${classes}" style="${style}"${valueAttribute(value)}>${escapeHtml(text)}</td>`;
}

/** Writes a name with its organisation set apart. */
export function nameHtml(name: string): string {
  const end = name.indexOf("/") + 1;
  const organisation = end > 0 ? `<span class="organisation">${escapeHtml(name.slice(0, end))}</span>` : "";
  return `${organisation}${escapeHtml(name.slice(end))}`;
}

/** Returns the attributes that the page's filter reads. */
export const filterAttributes = ({ name, parameters, lack }: PageModel): string =>
  [
    ` data-model="${escapeHtml(name)}"`,
    parameters === null ? "" : ` data-parameters="${parameters}"`,
    lack === undefined ? "" : " data-incomplete",
  ].join("");

function rowHtml(
  model: PageModel,
  cellsOfRow: readonly PageCell[],
  columns: readonly PageColumn[],
  ranges: readonly Range[],
): string {
  const ring = model.baseline ? ' <span class="mark" role="img" aria-label="published">○</span>' : "";
  const mark = `${ring}${model.lack === undefined ? "" : ` <span class="mark">${escapeHtml(model.lack)}</span>`}`;
  const cells = cellsOfRow.map((cell, i) => cellHtml(cell, columns[i], model.isLimited ? noRange : ranges[i]));
  const name = `<th scope="row" class="left"${valueAttribute(model.name)}>${nameHtml(model.name)}${mark}</th>`;
  return `<tr${filterAttributes(model)}>${name}${cells.join("")}</tr>`;
}

/** Writes the table of all models, in the order of the leaderboard. */
export function modelsTable(data: PageData): string {
  const { columns, models, meanOver } = data;
  // Rows go by rank, the first column after the name, or by the mean over subsets, the next.
  const [sortedBy, order] = meanOver === "subsets" ? [2, "descending"] : [1, "ascending"];
  const heading = ({ heading: text, short, align, first }: Omit<PageColumn, "heat">, i: number): string => {
    const sorted = i === sortedBy ? ` aria-sort="${order}"` : "";
    const full = text === short ? "" : ` title="${escapeHtml(text)}" aria-label="${escapeHtml(text)}"`;
    const button = `<button type="button" data-first="${first}"${full}>${escapeHtml(short)}</button>`;
    return `<th scope="col" class="${align}"${sorted}>${button}</th>`;
  };
  const name = { heading: "Model", short: "Model", align: "left", first: "ascending" } as const;
  const ranges = columns.map((_, i) => rangeOf(models, ({ cells }) => cells[i]));
  return `<div class="wide" role="region" aria-label="Table of models" tabindex="0">
<table id="models">
<thead><tr>${[name, ...columns].map(heading).join("")}</tr></thead>
<tbody>
${models.map((model) => rowHtml(model, model.cells, columns, ranges)).join("\n")}
</tbody>
</table>
</div>`;
}

/** Writes the table by language, in the order of the leaderboard. */
export function languagesTable({ languages, models }: PageData): string {
  const headings = languages.map(
    ({ heading, short, align }) =>
      `<th scope="col" class="${align}" title="${escapeHtml(heading)}">${escapeHtml(short)}</th>`,
  );
  const ranges = languages.map((_, i) => rangeOf(models, (model) => model.languages[i]));
  return `<div class="wide" role="region" aria-label="Means by language" tabindex="0">
<table>
<thead><tr><th scope="col" class="left">Model</th>${headings.join("")}</tr></thead>
<tbody>
${models.map((model) => rowHtml(model, model.languages, languages, ranges)).join("\n")}
</tbody>
</table>
</div>`;
}
