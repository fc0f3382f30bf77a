import { readPageAssets } from "../reports/page/page.ts";
import { type CurveCharts, fileCurves, pageCurves } from "../reports/watch/chart.ts";
import { type Curves, makeCurves } from "../reports/watch/curves.ts";
import { watchHtml } from "../reports/watch/page.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { replaceFile } from "../runners/results/store.ts";
import type { WatchEntry } from "../runners/watch/history.ts";

/** Seconds after which a browser loads the page again, while the watch goes on. */
const refresh = 30;

/** Name of the page in the folder of results. */
export const pageFile = "watch.html";
const pictureFile = "watch.svg";

/** Writes the entries of one curve; `now` in seconds since 1970, `goesOn` says whether more are to come. */
export type ShowPage = (entries: readonly WatchEntry[], about: { now: number; goesOn: boolean }) => Promise<void>;

/**
 * Returns what writes the page of a watch, and its curves as a picture; neither where there are no entries. Entries that
 * were drawn before are not drawn again, so that a watch that is stopped ends at once.
 */
export function openPage(results: string, title: string): ShowPage {
  let drawn: { of: string; curves: Curves; charts: CurveCharts } | undefined;
  return async (entries, { now, goesOn }) => {
    if (entries.length === 0) return;
    const of = JSON.stringify(entries.map(({ name, date }) => [name, date]));
    if (drawn?.of !== of) {
      const curves = makeCurves(entries);
      const picture = await fileCurves(curves);
      drawn = { of, curves, charts: await pageCurves(curves) };
      if (picture !== undefined) await replaceFile(results, pictureFile, picture);
    }
    const time = new Date(now * 1000).toISOString().slice(0, 16).replace("T", " ");
    const origin = `Made by Pramana ${pramanaVersion()} on ${time} UTC.${goesOn ? " The watch goes on." : ""}`;
    const { style } = await readPageAssets();
    const page = { title, origin, style, ...(goesOn ? { refresh } : {}) };
    await replaceFile(results, pageFile, watchHtml(drawn.curves, drawn.charts, page));
  };
}
