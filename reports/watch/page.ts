import { count } from "../../datasets/shown.ts";
import { chartFigures, escapeHtml, type HtmlHead, htmlPage } from "../html.ts";
import type { CurveCharts } from "./chart.ts";
import { type Curve, type Curves, type FirstDrop, incompleteCount, stoppedCount } from "./curves.ts";
import { errorOf, watchTable } from "./lines.ts";

/** Texts of the page around the curves. */
export interface WatchPage extends Pick<HtmlHead, "title" | "style" | "refresh"> {
  /** Program and time of the page. */
  readonly origin: string;
}

const ownStyle = `
:root { --drop: light-dark(#b3261e, #ff8a80); }
.alarm { border-left: 4px solid var(--drop); background: var(--raised); margin: 1.25rem 0; padding: 0.75rem 1rem; }
.alarm p { margin: 0; max-width: none; }
.alarm strong { color: var(--drop); }
.alarm ul { margin: 0.25rem 0 0; }
.chart { margin-top: 1rem; }
.curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.5rem 2rem; }
.curves figcaption { font-size: 0.87rem; font-weight: 600; overflow-wrap: anywhere; }
.dropped { color: var(--drop); font-weight: 600; }
#checkpoints { margin: 1rem 0; }
`;

function alarmHtml({ name, base, fell, by }: FirstDrop): string {
  const items = fell.map((text) => `<li>${escapeHtml(text)}</li>`);
  return `<div class="alarm" role="alert">
<p><strong>First significant drop: ${escapeHtml(name)}</strong> is worse than ${escapeHtml(base)}, the best before it (${escapeHtml(by)}):</p>
<ul>${items.join("")}</ul>
</div>`;
}

const figure = (caption: string, svg: string): string =>
  `<figure class="chart" role="group" aria-label="${escapeHtml(caption)}"><figcaption>${escapeHtml(caption)}</figcaption>${svg}</figure>`;

function gridHtml(heading: string, kind: Curve["kind"], curves: readonly Curve[], svgs: readonly string[]): string {
  const figures = curves.flatMap((curve, i) => (curve.kind === kind ? [figure(curve.heading, svgs[i] ?? "")] : []));
  if (figures.length === 0) return "";
  return `<section>\n<h2>${heading}</h2>\n<div class="curves">${figures.join("\n")}</div>\n</section>`;
}

function tableHtml({ entries }: Curves): string {
  const { columns, rows } = watchTable(entries);
  const headings = columns.map(({ heading, align }) => `<th scope="col" class="${align}">${escapeHtml(heading)}</th>`);
  const body = rows.map(({ name, cells, isDrop }) => {
    const texts = cells.map((cell, i) => {
      const align = columns[i + 1]?.align ?? "left";
      const mark = isDrop && i === cells.length - 1 ? " dropped" : "";
      return `<td class="${align}${mark}">${escapeHtml(cell)}</td>`;
    });
    return `<tr><th scope="row" class="left">${escapeHtml(name)}</th>${texts.join("")}</tr>`;
  });
  return `<section>
<h2>Checkpoints</h2>
<div class="wide" role="region" aria-label="Checkpoints" tabindex="0" id="checkpoints">
<table>
<thead><tr>${headings.join("")}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>
</div>
</section>`;
}

const percentOf = (share: number): string => String(Number((100 * share).toPrecision(3)));

function bodyHtml(curves: Curves, { main, small }: CurveCharts): string {
  const drawn = curves.curves.filter(({ points }) => points.length > 0);
  const [first, ...others] = drawn;
  const tasks = curves.entries.at(-1)?.tasks.length ?? 0;
  const [lacking, stopped] = [incompleteCount(curves), stoppedCount(curves)];
  const lead = [
    `${count(curves.entries.length, "checkpoint")}, ${count(tasks, "task")}. Scores in percent; each plot has its own scale.`,
    ...(lacking > 0 ? [`${count(lacking, "checkpoint")} without a mean, as scores are missing.`] : []),
    ...(stopped > 0
      ? [
          `${count(stopped, "checkpoint")} without a score, marked by a cross: the evaluation ended once it was worse for sure.`,
        ]
      : []),
  ];
  const parts = [
    `<p class="lead">${escapeHtml(lead.join(" "))}</p>`,
    curves.firstDrop === undefined ? "" : alarmHtml(curves.firstDrop),
    first === undefined || main === undefined
      ? ""
      : `<section>
<h2>${escapeHtml(first.heading)}</h2>
${chartFigures(first.heading, main)}
</section>`,
    gridHtml("Types", "type", others, small),
    gridHtml("Tasks", "task", others, small),
    tableHtml(curves),
    `<p class="note">Each checkpoint is compared with the one that had the best Mean (Task) before it. A drop is flagged where
the interval of a difference, widened for the number of comparisons made, lies below 0: the chance that a whole watch
flags one where nothing fell is at most ${percentOf(errorOf(curves.entries))} %. The bar at a point is the interval of that difference, not
widened, laid about the point: the score of the best before is likely to differ where the bar does not reach it.</p>`,
  ];
  return parts.filter((part) => part !== "").join("\n");
}

/**
 * Writes the page of a watch: one file without a script that makes no request and opens from disk. With `refresh`, a
 * browser loads it again by itself. All text is escaped.
 */
export function watchHtml(curves: Curves, charts: CurveCharts, { origin, style, ...head }: WatchPage): string {
  const body = `<header>
<h1>${escapeHtml(head.title)}</h1>
</header>
<main>
${bodyHtml(curves, charts)}
</main>
<footer>${escapeHtml(origin)}</footer>`;
  return htmlPage({ ...head, style: `\n${style}${ownStyle}` }, body);
}
