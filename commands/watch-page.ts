import { readPageAssets } from "../reports/page/page.ts";
import { fileCurves, pageCurves } from "../reports/watch/chart.ts";
import { makeCurves } from "../reports/watch/curves.ts";
import { watchHtml } from "../reports/watch/page.ts";
import { pramanaVersion } from "../runners/environment.ts";
import { replaceFile } from "../runners/store.ts";
import type { WatchEntry } from "../runners/watch/history.ts";

/** Seconds after which a browser loads the page again while the watch goes on. */
const refresh = 30;

/** Names of the page and the picture in the folder of results. */
export const pageFile = "watch.html";
const pictureFile = "watch.svg";

/**
 * Writes the page of a watch and its curves as a picture; nothing where no checkpoint was evaluated.
 *
 * @param entries Of one curve.
 * @param about The page's title, when it is made (seconds since 1970), and whether the watch goes on.
 */
export async function writePage(
  results: string,
  entries: readonly WatchEntry[],
  about: { readonly title: string; readonly now: number; readonly goesOn: boolean },
): Promise<void> {
  if (entries.length === 0) return;
  const { title, now, goesOn } = about;
  const curves = makeCurves(entries);
  const time = new Date(now * 1000).toISOString().slice(0, 16).replace("T", " ");
  const origin = `Made by Pramana ${pramanaVersion()} on ${time} UTC.${goesOn ? " The watch goes on." : ""}`;
  const { style } = await readPageAssets();
  const page = { title, origin, style, ...(goesOn ? { refresh } : {}) };
  await replaceFile(results, pageFile, watchHtml(curves, await pageCurves(curves), page));
  const picture = await fileCurves(curves);
  if (picture !== undefined) await replaceFile(results, pictureFile, picture);
}
