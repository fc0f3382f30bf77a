import type { ClusterExperiment, ClusterLevel, ClusterSamples } from "../../tasks/samples.ts";
import { type Columns, joined } from "./sample-columns.ts";

/** More draws than all experiments of any task make together; checked before memory is taken for what a file announces. */
const mostDraws = 2 ** 26;

/** What is told of a subset's share of the rows. */
interface ClusterRows {
  readonly rows: number;
  readonly documents?: number | undefined;
  readonly levels?: readonly (readonly number[])[] | undefined;
}

/** Returns the indices at which a draw differs from the one before it. */
function newDraws({ drawn, truth, found }: ClusterExperiment): Int32Array {
  const differs = (i: number): boolean => i === 0 || [drawn, truth, found].some((list) => list[i] !== list[i - 1]);
  return Int32Array.from(drawn.keys()).filter(differs);
}

/** Number of rows of each experiment, by level. */
export const levelRowsOf = ({ levels }: ClusterSamples): number[][] =>
  levels.map(({ experiments }) => experiments.map((experiment) => newDraws(experiment).length));

/** Makes one row of equal draws that follow each other. */
export function clusterColumns({ levels }: ClusterSamples): Columns {
  const experiments = levels
    .flatMap((level) => level.experiments)
    .map((experiment) => ({ ...experiment, starts: newDraws(experiment) }));
  const column = (name: "drawn" | "truth" | "found"): Int32Array =>
    joined(experiments.map((one) => one.starts.map((start) => one[name][start])));
  const times = experiments.map(({ starts, drawn }) =>
    starts.map((start, i) => (starts[i + 1] ?? drawn.length) - start),
  );
  return { document: column("drawn"), truth: column("truth"), found: column("found"), times: joined(times) };
}

/** Repeats each value as often as its number in `times` says. */
function repeated(values: Int32Array, times: Int32Array): Int32Array {
  const out = new Int32Array(times.reduce((sum, count) => sum + count, 0));
  let start = 0;
  for (let i = 0; i < times.length; i++) {
    out.fill(values[i], start, start + times[i]);
    start += times[i];
  }
  return out;
}

/**
 * Restores the samples that `clusterColumns` made columns of.
 * @throws Error where it made no such columns
 */
export function clustersFrom(
  { documents = 0, levels = [], rows }: ClusterRows,
  int32: (name: string) => Int32Array,
): ClusterSamples {
  const [document, truth, found, times] = [int32("document"), int32("truth"), int32("found"), int32("times")];
  if (document.some((place) => place < 0 || place >= documents)) {
    throw new Error(`a document that was drawn is none of the ${documents} that were embedded`);
  }
  if (times.some((count) => count < 1) || times.reduce((sum, count) => sum + count, 0) > mostDraws) {
    throw new Error(`documents were drawn less than once each, or more than ${mostDraws} times together`);
  }
  let start = 0;
  const restoredLevels = levels.map((level): ClusterLevel => {
    const experiments = level.map((count) => {
      const cut = (values: Int32Array): Int32Array =>
        repeated(values.subarray(start, start + count), times.subarray(start, start + count));
      const experiment = { drawn: cut(document), truth: cut(truth), found: cut(found) };
      start += count;
      return experiment;
    });
    return { experiments };
  });
  if (start !== rows) throw new Error(`${rows} rows of draws are there, ${start} were announced`);
  return { kind: "clusters", documents, levels: restoredLevels };
}
