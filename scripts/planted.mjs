/** Queries planted in a made-up corpus, each of which a search is to find first, and the judgement of it. */
import { peakBytes } from "./figures.mjs";

/** Most memory of a search, whatever the size of its corpus. */
const boundMiB = 2048;

/** Returns queries by the row at which they stand in the corpus; the rows are spread over all of it. */
export const plant = (queries, documents) =>
  new Map(Array.from({ length: queries }, (_, i) => [Math.floor((i * documents) / queries), i]));

/** Counts the queries whose document is not their best. */
export const countMissed = (planted, best) => [...planted].filter(([row, query]) => best(query).rows[0] !== row).length;

/** Documents that are made, and searched, at once. */
const documentsPerPiece = 2 ** 14;

/**
 * Makes documents piece by piece, adds each piece to a search and lets it go. Returns the seconds of both, and the number of
 * queries whose document is not found first.
 */
export async function searchPieces(documents, planted, makePiece, search) {
  let making = 0;
  let searching = 0;
  for (let start = 0; start < documents; start += documentsPerPiece) {
    const began = performance.now();
    const piece = makePiece(start, Math.min(documentsPerPiece, documents - start));
    const made = performance.now();
    await search.add(piece);
    making += (made - began) / 1000;
    searching += (performance.now() - made) / 1000;
  }
  const began = performance.now();
  const missed = countMissed(planted, search.best);
  searching += (performance.now() - began) / 1000;
  return { making, searching, missed };
}

/** Returns the peak memory of this process. */
export const peakMemory = () => Math.round(peakBytes() / 2 ** 20);

/** Tells what is wrong with a search, and ends with exit status 1 where anything is. */
export function judge({ missed, planted, peakMiB, others = [] }) {
  const faults = [
    ...(missed > 0 ? [`${missed} of ${planted.size} planted documents are not found first`] : []),
    ...(peakMiB > boundMiB ? [`peak memory is above ${boundMiB} MiB`] : []),
    ...others,
  ];
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
