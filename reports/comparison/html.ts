import { plainText } from "../../datasets/shown.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import type { Comparison, Difference, JudgedDifference, Verdict } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";
import { candidateRows, type Gated, unlikeNotes } from "./gated.ts";
import { type DifferenceRow, differenceColumns, meanRows, taskRows } from "./rows.ts";
import { computedText, headline, intervalText, runText, signedPoints, verdictText } from "./wording.ts";

const style = `
  :root {
    color-scheme: light dark;
    --ground: light-dark(#ffffff, #14171a); --raised: light-dark(#f6f7f8, #1c2024);
    --ink: light-dark(#1c2024, #e4e7ea); --quiet: light-dark(#60666d, #9aa2ab); --rule: light-dark(#dcdfe3, #30363d);
    --better: light-dark(#1a7f37, #56d364); --worse: light-dark(#c4281c, #ff7b72);
    font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, Helvetica, Arial, sans-serif;
    background: var(--ground); color: var(--ink);
  }
  body { margin: 0 auto; max-width: 84rem; padding: 2rem 2rem 4rem; }
  h1 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; }
  h2 { margin: 2.5rem 0 .5rem; font-size: 1.2rem; }
  p { margin: .25rem 0; max-width: 60rem; }
  p.quiet { margin-top: 1rem; }
  .quiet, ul { color: var(--quiet); font-size: .9rem; }
  ul { padding-left: 1.1rem; max-width: 60rem; overflow-wrap: anywhere; }
  dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: .15rem 1rem; margin: 1rem 0; }
  dt { color: var(--quiet); }
  dd { margin: 0; overflow-wrap: anywhere; }
  code { border-radius: 3px; background: var(--raised); padding: .1em .3em; font: .85rem/1.4 ui-monospace, Menlo, Consolas, monospace; }
  .wide { border: 1px solid var(--rule); border-radius: 8px; overflow-x: auto; }
  table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
  th, td { padding: .34rem .55rem; border-top: 1px solid var(--rule); font-weight: normal; text-align: left; white-space: nowrap; }
  thead th { border-top: 0; background: var(--raised); color: var(--quiet); }
  .right { text-align: right; }
  tr.mean th, tr.mean td { font-weight: 650; }
  .drawn { text-align: center; }
  td.drawn { padding-block: 0; }
  svg { display: block; color: var(--quiet); }
  .better { color: var(--better); }
  .worse { color: var(--worse); }
  .unknown, .no-difference { color: var(--quiet); }
  .zero { stroke: var(--rule); stroke-width: 1.5; }
  .interval { stroke: currentColor; stroke-width: 5; opacity: .4; }
  circle { fill: currentColor; }
  svg.unknown circle { fill: var(--ground); stroke: currentColor; stroke-width: 1.5; }
`;

const escaped = (text: string): string => escapeHtml(plainText(text));

/** Returns the greatest distance from 0 of some differences and their intervals: the scale that all bars share. */
function reachOf(differences: readonly Difference[]): number {
  const ends = differences.flatMap(({ difference, interval = [0, 0] }) => [difference, ...interval]);
  return Math.max(0, ...ends.map(Math.abs));
}

const verdictClass = (verdict: Verdict): string => verdict.replace(" ", "-");

/**
 * Draws a difference as SVG: a line at 0, the interval as a bar, the difference as a dot.
 *
 * @param reach The difference at either end, above 0.
 */
function differenceBar(one: JudgedDifference, reach: number): string {
  const [width, height, margin] = [180, 18, 6];
  const x = (value: number): string => (width / 2 + (value / reach) * (width / 2 - margin)).toFixed(1);
  const middle = height / 2;
  const label = `${signedPoints(one.difference)}${one.interval ? `, interval ${intervalText(one)}` : ""}`;
  const interval = one.interval
    ? `<line class="interval" x1="${x(one.interval[0])}" x2="${x(one.interval[1])}" y1="${middle}" y2="${middle}"/>`
    : "";
  return (
    `<svg class="${verdictClass(one.verdict)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-label="${escapeHtml(label)}">` +
    `<line class="zero" x1="${width / 2}" x2="${width / 2}" y1="0" y2="${height}"/>${interval}` +
    `<circle cx="${x(one.difference)}" cy="${middle}" r="3.5"/></svg>`
  );
}

function tableHtml(first: readonly [string, string], rows: readonly DifferenceRow[], comparison: Comparison): string {
  const columns = differenceColumns(comparison);
  // Means lie within their tasks, so one scale serves both tables.
  const reach = reachOf(comparison.tasks) || 1;
  // The drawing stands between the interval and the p-value.
  const withDrawing = (cells: readonly string[], drawing: string): string =>
    [...cells.slice(0, 4), drawing, ...cells.slice(4)].join("");
  const heads = columns.map(
    ({ heading, align }) => `<th scope="col"${align === "right" ? ' class="right"' : ""}>${heading}</th>`,
  );
  const scale = `<th scope="col" class="drawn">${signedPoints(-reach)} … ${signedPoints(reach)}</th>`;
  const body = rows.map((row) => {
    const cells = columns.map(({ text, align }) => {
      const name = align === "right" ? align : verdictClass(row.verdict);
      return `<td class="${name}">${escapeHtml(text(row))}</td>`;
    });
    const named = `<th scope="row">${escaped(row.name)}</th><td>${escaped(row.about)}</td>`;
    const drawing = `<td class="drawn">${differenceBar(row, reach)}</td>`;
    return `<tr${row.isOverall ? ' class="mean"' : ""}>${named}${withDrawing(cells, drawing)}</tr>`;
  });
  const head = `${first.map((one) => `<th scope="col">${one}</th>`).join("")}${withDrawing(heads, scale)}`;
  return `<div class="wide"><table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body.join("\n")}\n</tbody>\n</table></div>`;
}

function gateHtml(gate: Gate): string {
  if (gate.rules.length === 0) return "";
  const items = outcomesOf(gate).map(({ rule, tripped, reasons }) => {
    const outcome = tripped
      ? `<span class="worse">tripped</span>: ${escaped(reasons.join("; "))}`
      : '<span class="better">passed</span>';
    return `<li><code>${escaped(rule)}</code> ${outcome}</li>`;
  });
  return `<h2>${gate.trips.length === 0 ? "Gate passed" : "Gate failed"}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function listHtml(heading: string, lines: readonly string[]): string {
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join("\n");
  return lines.length === 0 ? "" : `<h2>${heading}</h2>\n<ul>\n${items}\n</ul>`;
}

function bodyHtml({ comparison, gate }: Gated): string {
  const { base, candidate, incomparable, notes, overall } = comparison;
  const [means, tasks] = [meanRows(comparison), taskRows(comparison)];
  const sections = [
    gateHtml(gate),
    means.length === 0 ? "" : `<h2>Means</h2>\n${tableHtml(["Mean", "Tasks"], means, comparison)}`,
    tasks.length === 0 ? "" : `<h2>Tasks</h2>\n${tableHtml(["Task", "Type"], tasks, comparison)}`,
    listHtml(
      "Not comparable",
      incomparable.map(({ task, reason }) => `${task}: ${reason}`),
    ),
    listHtml("Notes", notes),
  ];
  return `<h1 class="${verdictClass(overall?.verdict ?? "unknown")}">${verdictText(comparison)}</h1>
<p>${escapeHtml(headline(comparison))}.</p>
<dl><dt>Candidate</dt><dd>${escaped(runText(candidate))}</dd><dt>Base</dt><dd>${escaped(runText(base))}</dd></dl>
${sections.filter((section) => section !== "").join("\n")}`;
}

const computedHtml = (comparison: Comparison): string => `<p class="quiet">${escapeHtml(computedText(comparison))}</p>`;

/**
 * Writes a comparison as an HTML page that stands alone, without a script or a request, in light and dark. The intervals
 * are drawn on one scale. All text of the results is escaped.
 */
export function comparisonHtml(comparison: Comparison, gate: Gate): string {
  const title = `${runText(comparison.candidate)} against ${runText(comparison.base)}`;
  const body = `${bodyHtml({ comparison, gate })}\n${computedHtml(comparison)}`;
  return htmlPage({ title: plainText(title), style }, body);
}

/** Writes several comparisons with one base as such a page: a table of the candidates, then each comparison. */
export function severalHtml(gated: readonly Gated[]): string {
  const [{ comparison }] = gated;
  const title = `${gated.length} candidates against ${runText(comparison.base)}`;
  const rows = candidateRows(gated);
  // The scale is that of what the table shows.
  const shown = { ...comparison, tasks: gated.flatMap((one) => one.comparison.tasks) };
  const body = [
    `<h1>${escaped(title)}</h1>`,
    rows.length === 0 ? "" : tableHtml(["Model", "Tasks"], rows, shown),
    listHtml("Notes", unlikeNotes(gated)),
    ...gated.map(bodyHtml),
    computedHtml(comparison),
  ];
  return htmlPage({ title: plainText(title), style }, body.join("\n"));
}
