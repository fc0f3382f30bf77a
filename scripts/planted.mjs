/** Queries planted in a made-up corpus, each of which a search is to find first, and the judgement of it. */
import { peakBytes } from "./figures.mjs";

/** Most memory of a search, whatever the size of its corpus. */
const boundMiB = 2048;

/** Returns queries by the row at which they stand in the corpus; the rows are spread over all of it. */
export const plant = (queries, documents) =>
  new Map(Array.from({ length: queries }, (_, i) => [Math.floor((i * documents) / queries), i]));

/** Counts the queries whose document is not their best. */
export const countMissed = (planted, best) => [...planted].filter(([row, query]) => best(query).rows[0] !== row).length;

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
