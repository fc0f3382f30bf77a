import type { LabelSamples, Samples } from "../../tasks/samples.ts";
import type { ClassNames } from "../../tasks/unit-values.ts";

/** What samples say of one unit: what is right for it, by the data, and what was made of it by the model. */
export interface UnitFacts {
  /** Id of the unit; absent where its place names it. */
  readonly id?: string;
  readonly right: readonly (number | string)[];
  readonly made: readonly (number | string)[];
}

const labelFacts = ({ truth, predicted }: LabelSamples, names: ClassNames): UnitFacts[] =>
  Array.from(truth, (label, u) => ({
    right: [names(label)],
    made: predicted.map((labels) => (labels[u] < 0 ? "left out" : names(labels[u]))),
  }));

/** Lists the places of a row's labels. */
const setText = (cells: Uint8Array, labels: number, row: number): string =>
  [...cells.subarray(row * labels, (row + 1) * labels).entries()]
    .flatMap(([i, cell]) => (cell === 1 ? [i] : []))
    .join(" ");

/**
 * Returns what samples say of each unit; nothing for those of clusters, none of which stands by itself.
 * @param names Names of classes by their numbers, which another choice of rows may number otherwise.
 */
export function unitFacts(samples: Samples, names: ClassNames): readonly UnitFacts[] | undefined {
  switch (samples.kind) {
    case "mean": {
      const { ids, values } = samples;
      // As files hold texts, which have no halves of letters.
      const idOf = (u: number): { id?: string } => (ids ? { id: Buffer.from(ids[u]).toString() } : {});
      return Array.from(values, (value, u) => ({ ...idOf(u), right: [], made: [value] }));
    }
    case "correlation":
      return Array.from(samples.gold, (gold, u) => ({ right: [gold], made: [samples.scores[u]] }));
    case "pairs": {
      const scores = Object.entries(samples.scores).sort(([a], [b]) => (a < b ? -1 : 1));
      return Array.from(samples.labels, (label, u) => ({ right: [label], made: scores.map(([, own]) => own[u]) }));
    }
    case "labels":
      return labelFacts(samples, names);
    case "sets": {
      const { labels, truth, predicted } = samples;
      const rows = labels === 0 ? 0 : truth.length / labels;
      return Array.from({ length: rows }, (_, row) => ({
        right: [setText(truth, labels, row)],
        made: predicted.map((cells) => setText(cells, labels, row)),
      }));
    }
    case "regression":
      return Array.from(samples.truth, (value, u) => ({
        right: [value],
        made: samples.predicted.map((values) => values[u]),
      }));
    case "agreement": {
      const { triplets, agreed } = samples;
      const at = (lists: readonly Int32Array[], u: number): number[] => lists.map((counts) => counts[u]);
      return Array.from(triplets[0], (_, u) => ({ right: at(triplets, u), made: at(agreed, u) }));
    }
    case "clusters":
      return undefined;
  }
}
