import { plainText } from "../../datasets/shown.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import { escapeHtml, htmlPage } from "../html.ts";
import { percent } from "../table.ts";
import { differenceBar, reachOf, verdictClass } from "./bar.ts";
import type { Comparison, Difference, Verdict } from "./comparison.ts";
import type { Gate } from "./gate.ts";
import {
  computedText,
  confidenceText,
  headline,
  intervalText,
  meansOf,
  pValueText,
  runText,
  signedPoints,
  verdictText,
} from "./wording.ts";

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

/** A row of a table of differences. */
type Row = Difference & {
  readonly verdict: Verdict;
  readonly name: string;
  /** What the second column says. */
  readonly about: string;
  readonly isMean?: boolean;
};

function rowHtml(row: Row, reach: number): string {
  const right = [percent(row.base), percent(row.candidate), signedPoints(row.difference), intervalText(row)];
  return [
    `<tr${row.isMean ? ' class="mean"' : ""}><th scope="row">${escaped(row.name)}</th><td>${escaped(row.about)}</td>`,
    ...right.map((text) => `<td class="right">${text}</td>`),
    `<td class="drawn">${differenceBar(row, reach)}</td>`,
    `<td class="right">${escapeHtml(pValueText(row))}</td>`,
    `<td class="${verdictClass(row.verdict)}">${row.verdict}</td></tr>`,
  ].join("");
}

function tableHtml(headings: readonly [string, string], rows: readonly Row[], comparison: Comparison): string {
  if (rows.length === 0) return "";
  const { tasks } = comparison;
  // Means lie within their tasks, so one scale serves both tables.
  const reach = reachOf(tasks) || 1;
  const interval = `${confidenceText(comparison)} interval`;
  const right = ["Base", "Candidate", "Difference", interval].map((one) => `<th scope="col" class="right">${one}</th>`);
  const left = headings.map((one) => `<th scope="col">${one}</th>`);
  const drawn = `<th scope="col" class="drawn">${signedPoints(-reach)} … ${signedPoints(reach)}</th>`;
  const heads = [...left, ...right, drawn, '<th scope="col" class="right">p</th>', '<th scope="col">Verdict</th>'];
  const body = rows.map((row) => rowHtml(row, reach)).join("\n");
  return `<div class="wide"><table>\n<thead><tr>${heads.join("")}</tr></thead>\n<tbody>\n${body}\n</tbody>\n</table></div>`;
}

function gateHtml({ rules, trips }: Gate): string {
  if (rules.length === 0) return "";
  const items = rules.map((rule) => {
    const trip = trips.find((one) => one.rule === rule);
    const outcome = trip
      ? `<span class="worse">tripped</span>: ${escaped(trip.reasons.join("; "))}`
      : '<span class="better">passed</span>';
    return `<li><code>${escaped(rule.text)}</code> ${outcome}</li>`;
  });
  return `<h2>${trips.length === 0 ? "Gate passed" : "Gate failed"}</h2>\n<ul>\n${items.join("\n")}\n</ul>`;
}

function listHtml(heading: string, lines: readonly string[]): string {
  const items = lines.map((line) => `<li>${escaped(line)}</li>`).join("\n");
  return lines.length === 0 ? "" : `<h2>${heading}</h2>\n<ul>\n${items}\n</ul>`;
}

/**
 * A comparison as an HTML page that stands alone: no script, no request; light and dark. Each interval is drawn, all on
 * one scale. All text of the results is escaped.
 */
export function comparisonHtml(comparison: Comparison, gate: Gate): string {
  const { base, candidate, tasks, incomparable, notes, overall } = comparison;
  const means = meansOf(comparison).map((one) => ({
    ...one,
    about: String(one.tasks),
    isMean: one.name.startsWith("Mean"),
  }));
  const rows = tasks.map((one) => ({ ...one, name: one.task, about: taskTypes[one.type].heading }));
  const title = `${runText(candidate)} against ${runText(base)}`;
  const sections = [
    gateHtml(gate),
    means.length === 0 ? "" : `<h2>Means</h2>\n${tableHtml(["Mean", "Tasks"], means, comparison)}`,
    rows.length === 0 ? "" : `<h2>Tasks</h2>\n${tableHtml(["Task", "Type"], rows, comparison)}`,
    listHtml(
      "Not comparable",
      incomparable.map(({ task, reason }) => `${task}: ${reason}`),
    ),
    listHtml("Notes", notes),
  ];
  const body = `<h1 class="${verdictClass(overall?.verdict ?? "unknown")}">${verdictText(comparison)}</h1>
<p>${escapeHtml(headline(comparison))}.</p>
<dl><dt>Candidate</dt><dd>${escaped(runText(candidate))}</dd><dt>Base</dt><dd>${escaped(runText(base))}</dd></dl>
${sections.filter((section) => section !== "").join("\n")}
<p class="quiet">${escapeHtml(computedText(comparison))}</p>`;
  return htmlPage({ title: plainText(title), style }, body);
}
