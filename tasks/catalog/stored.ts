import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../datasets/builtin.ts";
import type { TaskSpec, TaskType } from "../task.ts";

/** Languages by subset, or the rule by which they follow from the subsets' names. */
type StoredLanguages =
  | TaskSpec["languages"]
  /** Subsets are named by languages, with a - between them. */
  | { readonly rule: "fromName"; readonly subsets: readonly string[] }
  /** Subsets are all pairs of two languages, in either order. */
  | { readonly rule: "orderedPairs"; readonly codes: readonly string[] };

/** A task as a data file holds it: without what is standard, its settings by their place in the file's list. */
export interface StoredTask {
  readonly name: string;
  readonly dataset: TaskSpec["dataset"];
  readonly splits?: readonly string[];
  readonly languages: StoredLanguages;
  readonly mainScore?: string;
  readonly settings: number;
  readonly prompt?: TaskSpec["prompt"];
  readonly promptType?: string;
  readonly prepare?: TaskSpec["prepare"];
  readonly licence?: string;
  readonly reference: string;
}

export interface StoredTasks {
  readonly settings: readonly TaskSpec["settings"][];
  readonly tasks: readonly StoredTask[];
}

/** A task of a benchmark of which less than the whole is measured. */
export interface StoredMember {
  readonly name: string;
  readonly subsets?: readonly string[];
  readonly splits?: readonly string[];
}

/** A mean that a table shows: over tasks, over the means of types, over pairs of a task and a subset. */
export type BoardMean = "task" | "type" | "subset";

/** Tasks of a benchmark by some trait of theirs; each group has a mean of its own. */
export interface Grouping {
  readonly name: string;
  readonly groups: readonly {
    readonly label: string;
    /** A part of a task counts as one, by the mean over it. */
    readonly tasks: readonly (string | StoredMember)[];
  }[];
}

/** What the table of a benchmark shows. */
export interface BenchmarkTable {
  /** In order; the first stands for the benchmark. */
  readonly means: readonly BoardMean[];
  /** True where it has a column for each type. */
  readonly types: boolean;
  readonly groupings: readonly Grouping[];
  /** Languages of the table by language; none where mteb has no such table. */
  readonly languages: "all" | readonly string[];
}

/** What texts a task is about or from, by mteb's words, such as Legal or Web. */
export interface StoredDomains {
  readonly domains: readonly { readonly name: string; readonly tasks: readonly string[] }[];
}

export interface StoredAggregate {
  readonly name: string;
  readonly type: TaskType;
  readonly parts: readonly string[];
  readonly revision: string;
  readonly splits: readonly string[];
  readonly languages: Readonly<Record<string, readonly string[]>>;
  readonly mainScore: string;
}

export interface StoredBenchmarks {
  readonly aggregates: readonly StoredAggregate[];
  readonly benchmarks: readonly {
    readonly name: string;
    readonly aliases?: readonly string[];
    readonly description: string;
    readonly reference: string;
    readonly publicOnly?: true;
    /** Where it differs from the standard. */
    readonly table?: Partial<BenchmarkTable>;
    readonly tasks: readonly (string | StoredMember)[];
  }[];
}

/** A task that mteb registers and that cannot be measured here. */
export interface StoredLeftOut {
  readonly name: string;
  readonly type: TaskType;
  readonly splits: readonly string[];
  readonly languages: StoredLanguages;
  readonly reason: string;
  /** Repository whose owners give access to it. */
  readonly private?: string;
}

/** How much text the rows of a task's split hold, after their preparation; for no more than an estimate. */
export interface StoredSize {
  /** Rows; of ranking tasks documents and queries. */
  readonly rows: number;
  readonly characters?: number;
  /** Different labels. */
  readonly labels?: number;
  /** Rows by subset. */
  readonly subsets?: Readonly<Record<string, number>>;
}

/** Source: the descriptive statistics of mteb 2.26, made by its maintainers, maybe of earlier revisions of the data. */
export interface StoredSizes {
  readonly tasks: readonly { readonly name: string; readonly splits: Readonly<Record<string, StoredSize>> }[];
}

/** Reads a file of the catalogue, which `scripts/catalogue.mjs` makes. */
export function readStored<Content>(name: string): Content {
  return JSON.parse(readFileSync(join(packageRoot(), "tasks", "catalog", "data", `${name}.json`), "utf8"));
}

/** Writes the languages of a task out, by subset. */
export function languagesOf(stored: StoredLanguages): TaskSpec["languages"] {
  if (!("rule" in stored) || typeof stored.rule !== "string") return stored as TaskSpec["languages"];
  const rule = stored as Exclude<StoredLanguages, TaskSpec["languages"]>;
  const names =
    rule.rule === "fromName"
      ? rule.subsets
      : rule.codes.flatMap((one) => rule.codes.filter((other) => other !== one).map((other) => `${one}-${other}`));
  return Object.fromEntries(names.map((name) => [name, name.split("-").map((part) => part.replace("_", "-"))]));
}
