import { ratioThresholds } from "../../tasks/metrics/agreement.ts";
import type { AgreementSamples, Samples } from "../../tasks/samples.ts";
import { clusterColumns, clustersFrom, levelRowsOf } from "./sample-clusters.ts";
import { type Columns, type ColumnValues, joined } from "./sample-columns.ts";
import { setsFrom, setTexts } from "./sample-sets.ts";

/** The samples that the main score of one subset of one split is made of. */
export interface SubsetSamples {
  readonly split: string;
  readonly subset: string;
  readonly samples: Samples;
}

/** A subset's share of the rows, which follow each other in the order of the subsets. */
export interface SubsetRows {
  readonly split: string;
  readonly subset: string;
  readonly rows: number;
  /** For clusters: number of documents that were embedded. */
  readonly documents?: number | undefined;
  /** For clusters: number of rows by level and experiment. */
  readonly levels?: readonly (readonly number[])[] | undefined;
}

/** Samples of a task's subsets, row by row. */
export interface SampleTable {
  readonly kind: Samples["kind"];
  /** Name of the values, or of the score that is made of them; for people where the kind is `mean` or `clusters`. */
  readonly measure?: string | undefined;
  readonly subsets: readonly SubsetRows[];
  readonly values: Columns;
}

export type ColumnType = "float64" | "float32" | "int32" | "text";

/** Types of the columns by their names up to an underscore. */
const types: Readonly<Record<string, ColumnType>> = {
  id: "text",
  value: "float64",
  gold: "float64",
  score: "float32",
  label: "int32",
  truth: "int32",
  predicted: "int32",
  document: "int32",
  found: "int32",
  times: "int32",
  triplets: "int32",
  agreed: "int32",
  set: "text",
  sets: "text",
};

/** Returns the type of a column of samples; nothing for other columns, such as those of `placesOf`. */
export function typeOf(column: string): ColumnType | undefined {
  const name = column.split("_", 1)[0] ?? "";
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

function columnsOf(samples: Samples): Columns {
  switch (samples.kind) {
    case "mean":
      // Parquet's texts are UTF-8, which has no halves of letters.
      return { ...(samples.ids && { id: samples.ids.map((id) => Buffer.from(id).toString()) }), value: samples.values };
    case "correlation":
      return { gold: samples.gold, score: samples.scores };
    case "pairs":
      return { label: Int32Array.from(samples.labels), ...named("score_", Object.entries(samples.scores)) };
    case "labels":
      return { truth: samples.truth, ...named("predicted_", Object.entries(samples.predicted)) };
    case "sets":
      return {
        set: setTexts(samples.truth, samples.labels),
        ...named(
          "sets_",
          samples.predicted.map((cells, experiment) => [String(experiment), setTexts(cells, samples.labels)]),
        ),
      };
    case "regression":
      return { gold: samples.truth, ...named("score_", Object.entries(samples.predicted)) };
    case "agreement":
      return {
        ...named("triplets_", Object.entries(samples.triplets)),
        ...named("agreed_", Object.entries(samples.agreed)),
      };
    case "clusters":
      return clusterColumns(samples);
  }
}

const named = (prefix: string, columns: readonly (readonly [string, ColumnValues])[]): Columns =>
  Object.fromEntries(columns.map(([name, values]) => [`${prefix}${name}`, values]));

const measureOf = (samples: Samples): string | undefined =>
  samples.kind === "clusters" ? "v_measure" : samples.measure;

/**
 * Makes one table of the samples of a task's subsets.
 * @throws RangeError where they differ in kind, measure, similarities or number of experiments, or there is no subset
 */
export function tableOf(samples: readonly SubsetSamples[]): SampleTable {
  const [first] = samples;
  if (first === undefined) throw new RangeError("samples: no subset; at least one is needed");
  const { kind } = first.samples;
  const measure = measureOf(first.samples);
  const parts = samples.map((one) => columnsOf(one.samples));
  const names = Object.keys(parts[0] ?? {});
  const alike = samples.every(
    (one, i) =>
      one.samples.kind === kind &&
      measureOf(one.samples) === measure &&
      Object.keys(parts[i] ?? {}).join() === names.join(),
  );
  if (!alike) throw new RangeError("samples: subsets differ in kind, measure, similarities or number of experiments");
  const subsets = samples.map(({ split, subset, samples: of }, i): SubsetRows => {
    const rows = Object.values(parts[i] ?? {})[0]?.length ?? 0;
    return { split, subset, rows, ...(of.kind === "clusters" && { documents: of.documents, levels: levelRowsOf(of) }) };
  });
  const values = names.map((name) => [name, joined(parts.map((part) => part[name] ?? []))] as const);
  return { kind, ...(measure !== undefined && { measure }), subsets, values: Object.fromEntries(values) };
}

/** Makes the columns that tell people which subset a row is of: split, subset, and the unit's number, or level and experiment. */
export function placesOf({ kind, subsets }: SampleTable): Columns {
  const names = (name: "split" | "subset"): string[] =>
    subsets.flatMap((one) => Array.from({ length: one.rows }, () => one[name]));
  const texts = { split: names("split"), subset: names("subset") };
  if (kind !== "clusters") {
    return { ...texts, unit: joined(subsets.map(({ rows }) => Int32Array.from({ length: rows }, (_, u) => u))) };
  }
  const draws = subsets.flatMap((one) =>
    (one.levels ?? []).flatMap((level, l) => level.map((rows, e) => ({ level: l, experiment: e, rows }))),
  );
  const filled = (name: "level" | "experiment"): Int32Array =>
    joined(draws.map((one) => new Int32Array(one.rows).fill(one[name])));
  return { ...texts, level: filled("level"), experiment: filled("experiment") };
}

type Values = ReturnType<typeof valuesOf>;

/** Returns readers of the rows of one subset by the names of their columns. */
function valuesOf(columns: Columns, start: number, end: number) {
  const missing = (name: string, type: string): Error => new Error(`there is no column "${name}" of type ${type}`);
  return {
    float64(name: string): Float64Array {
      const column = columns[name];
      if (!(column instanceof Float64Array)) throw missing(name, "float64");
      return column.slice(start, end);
    },
    float32(name: string): Float32Array {
      const column = columns[name];
      if (!(column instanceof Float32Array)) throw missing(name, "float32");
      return column.slice(start, end);
    },
    int32(name: string): Int32Array {
      const column = columns[name];
      if (!(column instanceof Int32Array)) throw missing(name, "int32");
      return column.slice(start, end);
    },
    texts(name: string): readonly string[] {
      const column = columns[name];
      if (column === undefined || ArrayBuffer.isView(column)) throw missing(name, "text");
      return column.slice(start, end);
    },
    /** Lists the columns with this prefix, without it. */
    after: (prefix: string): string[] =>
      Object.keys(columns)
        .filter((name) => name.startsWith(prefix))
        .map((name) => name.slice(prefix.length)),
  };
}

function requireMeasure<Name extends string>(measure: string | undefined, names: readonly Name[]): Name {
  const known = names.find((name) => name === measure);
  if (known === undefined) throw new Error(`the measure is ${measure}, expected ${names.join(", ")}`);
  return known;
}

function agreementFrom(
  measure: AgreementSamples["measure"],
  triplets: readonly Int32Array[],
  agreed: readonly Int32Array[],
): AgreementSamples {
  const thresholds = ratioThresholds.length;
  if (triplets.length !== thresholds || agreed.length !== thresholds) {
    throw new Error(`there are ${triplets.length} and ${agreed.length} columns of counts, expected ${thresholds}`);
  }
  const isLess = triplets.every((counts, i) =>
    counts.every((count, unit) => 0 <= agreed[i][unit] && agreed[i][unit] <= count),
  );
  if (!isLess) throw new Error("more triplets agree than there are");
  return { kind: "agreement", measure, triplets, agreed };
}

function restored({ kind, measure }: SampleTable, rows: SubsetRows, values: Values): Samples {
  const { float64, float32, int32, texts, after } = values;
  switch (kind) {
    case "mean": {
      const ids = after("id").length > 0 ? { ids: texts("id") } : {};
      return { kind, ...(measure === undefined ? {} : { measure }), ...ids, values: float64("value") };
    }
    case "correlation": {
      const known = requireMeasure(measure, ["pearson", "spearman"]);
      return { kind, measure: known, gold: float64("gold"), scores: float32("score") };
    }
    case "pairs": {
      const scores = Object.fromEntries(after("score_").map((name) => [name, float32(`score_${name}`)]));
      const labels = Uint8Array.from(int32("label"));
      return { kind, measure: requireMeasure(measure, ["ap", "accuracy", "f1"]), labels, scores };
    }
    case "labels": {
      const predicted = after("predicted_").map((name) => int32(`predicted_${name}`));
      const known = requireMeasure(measure, ["accuracy", "f1", "f1_weighted"]);
      return { kind, measure: known, truth: int32("truth"), predicted };
    }
    case "sets":
      return setsFrom(
        texts("set"),
        after("sets_").map((name) => texts(`sets_${name}`)),
      );
    case "regression": {
      const predicted = after("score_").map((name) => float32(`score_${name}`));
      const known = requireMeasure(measure, ["kendalltau", "r2"]);
      return { kind, measure: known, truth: float64("gold"), predicted };
    }
    case "agreement": {
      const lists = (prefix: string) => after(prefix).map((name) => int32(`${prefix}${name}`));
      return agreementFrom(requireMeasure(measure, ["alpha_auc"]), lists("triplets_"), lists("agreed_"));
    }
    case "clusters":
      return clustersFrom(rows, int32);
  }
}

/** Restores the samples that `tableOf` made a table of. Throws an error that says why where it made no such table. */
export function samplesOf(table: SampleTable): SubsetSamples[] {
  let start = 0;
  return table.subsets.map((one) => {
    const values = valuesOf(table.values, start, start + one.rows);
    start += one.rows;
    return { split: one.split, subset: one.subset, samples: restored(table, one, values) };
  });
}
