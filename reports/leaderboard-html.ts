import type { ColumnChoice } from "./columns.ts";
import { escapeHtml, htmlPage } from "./html.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { footnotes, tableOf } from "./render.ts";

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
  const { columns, cells } = tableOf(board, choice);
  const headings = columns.map(({ heading, align }) => `<th scope="col" class="${align}">${escapeHtml(heading)}</th>`);
  // The first column of texts names the row.
  const names = columns.findIndex(({ align }) => align === "left");
  const rows = cells.map((row, i) => {
    const texts = row.map((text, column) =>
      column === names
        ? `<th scope="row" class="left">${escapeHtml(text)}</th>`
        : `<td class="${columns[column].align}">${escapeHtml(text)}</td>`,
    );
    const isBaseline = board.by === undefined && board.rows[i].baseline;
    return `<tr${isBaseline ? ' class="baseline"' : ""}>${texts.join("")}</tr>`;
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
