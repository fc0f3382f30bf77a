import { type ColumnChoice, columnsFor } from "./columns.ts";
import { escapeHtml, htmlPage } from "./html.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { footnotes } from "./render.ts";

const style = `
  :root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
  body { margin: 2rem; }
  .wide { overflow-x: auto; }
  table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
  caption { text-align: left; padding-bottom: .5rem; }
  th, td { padding: .25rem .75rem; border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); white-space: nowrap; }
  thead th { border-bottom-width: 2px; }
  .right { text-align: right; }
  .left { text-align: left; font-weight: normal; }
  tr.baseline { opacity: .75; }
`;

/**
 * Writes the table as an HTML page that stands alone, without a script or a request. All text of the results is escaped.
 *
 * @param title Above the table and in the window's title.
 */
export function leaderboardHtml(board: Leaderboard, choice: ColumnChoice, title: string): string {
  const columns = columnsFor(board, choice);
  const headings = columns.map(({ heading, align }) => `<th scope="col" class="${align}">${escapeHtml(heading)}</th>`);
  const rows = board.rows.map((row) => {
    const cells = columns.map(({ field, align, text }) => {
      const cell = escapeHtml(text(row));
      return field === "model" ? `<th scope="row" class="left">${cell}</th>` : `<td class="${align}">${cell}</td>`;
    });
    return `<tr${row.baseline ? ' class="baseline"' : ""}>${cells.join("")}</tr>`;
  });
  const notes = footnotes(board).map((note) => `<li>${escapeHtml(note)}</li>`);
  const body = `<div class="wide">
<table>
<caption>${escapeHtml(title)}: percent; a dash stands for what is missing</caption>
<thead>
<tr>${headings.join("")}</tr>
</thead>
<tbody>
${rows.length > 0 ? rows.join("\n") : `<tr><td colspan="${columns.length}">No results.</td></tr>`}
</tbody>
</table>
</div>${notes.length > 0 ? `\n<ul>\n${notes.join("\n")}\n</ul>` : ""}`;
  return htmlPage({ title, style }, body);
}
