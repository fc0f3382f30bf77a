import { UsageError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { TaskType } from "../../tasks/task.ts";
import type { ColumnFacts, ConfigFacts, SplitFacts } from "./facts.ts";
import { type Common, type Fit, fits } from "./fits.ts";

/** A task for a data set, as its file says it. */
export interface Proposal {
  readonly type: TaskType;
  readonly literal: Readonly<Record<string, unknown>>;
  /** How the rows are read, in words. */
  readonly told: string;
  readonly splits: readonly string[];
}

interface Wanted {
  readonly name: string;
  /** Path of the data set as the file says it. */
  readonly path: string;
  readonly type?: TaskType;
}

/** The language that is written down, as no file says its own. */
export const assumedLanguage = "eng-Latn";

/**
 * Proposes a task for a data set by its configs, and by names and values of its columns.
 *
 * @throws UsageError where no type fits, or where several do and none by the names of its columns
 */
export function proposeTask(configs: readonly ConfigFacts[], wanted: Wanted): Proposal {
  return rankingProposal(configs, wanted) ?? columnsProposal(configs, wanted);
}

const needed: Readonly<Record<string, readonly string[]>> = {
  queries: ["text"],
  top_ranked: ["query-id", "corpus-ids"],
  default: ["query-id", "corpus-id", "score"],
  qrels: ["query-id", "corpus-id", "score"],
};

function rankingProposal(configs: readonly ConfigFacts[], wanted: Wanted): Proposal | undefined {
  const [corpus, queries, ranked] = ["corpus", "queries", "top_ranked"].map((name) => configNamed(configs, name));
  const judgements = configNamed(configs, "default") ?? configNamed(configs, "qrels");
  const isAsked = wanted.type !== undefined && !Object.hasOwn(fits, wanted.type);
  const isReranking = wanted.type === "Reranking" || wanted.type === "InstructionReranking";
  if (!corpus || !queries || !judgements || (wanted.type !== undefined && !isAsked)) {
    if (!isAsked) return undefined;
    const names = configs.map(({ name }) => shown(name)).join(", ");
    throw new UsageError(
      `init: ${wanted.type} needs documents, queries and judgements (corpus.jsonl, queries.jsonl, qrels/test.tsv); the ` +
        `data set has ${names}`,
    );
  }
  if (isReranking && !ranked) {
    throw new UsageError(`init: ${wanted.type} needs each query's candidates (top_ranked.jsonl); there are none`);
  }
  for (const config of [corpus, queries, judgements, ...(ranked ? [ranked] : [])]) checkRanking(config);
  const type = wanted.type ?? (ranked ? "Reranking" : "Retrieval");
  const splits = scoredOf(judgements.splits.map((split) => split.name));
  const told = `${rowsOf(corpus)} documents, ${rowsOf(queries)} queries${ranked ? ", and each query's candidates" : ""}`;
  return { type, splits, told, literal: literalOf(wanted, type, ["default"], splits, { settings: {} }) };
}

const configNamed = (configs: readonly ConfigFacts[], name: string): ConfigFacts | undefined =>
  configs.find((config) => config.name === name);
const rowsOf = ({ splits }: ConfigFacts): number => splits.reduce((sum, { rows }) => sum + rows, 0);

function checkRanking({ name, splits }: ConfigFacts): void {
  for (const split of splits) {
    const lacking = (needed[name] ?? ["text"]).filter((column) => !split.columns.some((one) => one.name === column));
    if (lacking.length === 0) continue;
    throw new UsageError(
      `init: ${name}, split ${shown(split.name)}, has no column ${lacking.join(", ")}; its columns are ` +
        `${namesOf(split.columns)}; docs/custom-tasks.md shows the form of data for retrieval`,
    );
  }
}

function columnsProposal(configs: readonly ConfigFacts[], wanted: Wanted): Proposal {
  const common = commonOf(configs);
  const found = Object.entries(fits)
    .filter(([type]) => wanted.type === undefined || type === wanted.type)
    .map(([type, find]) => ({ type: type as TaskType, finding: find(common) }));
  const fitting = found.flatMap(({ type, finding }) => (typeof finding === "string" ? [] : [{ type, fit: finding }]));
  const named = fitting.filter(({ fit }) => fit.isNamed || wanted.type !== undefined);
  const [only] = named;
  if (only === undefined || named.length > 1) throw undecided(common, fitting, found, wanted);
  const splits = scoredOf(common.splits);
  const subsets = configs.map(({ name }) => name);
  return { ...only, told: only.fit.told, splits, literal: literalOf(wanted, only.type, subsets, splits, only.fit) };
}

/** What two columns of texts may be, too. */
const ranking =
  "Questions and the documents that answer them are Retrieval, in corpus.jsonl, queries.jsonl and qrels/test.tsv " +
  "(docs/custom-tasks.md).";

/** Asks which type is meant, or tells what the types need. */
function undecided(
  { columns, all }: Common,
  fitting: readonly { readonly type: TaskType }[],
  found: readonly { readonly finding: Fit | string }[],
  { type }: Wanted,
): UsageError {
  const common = columns.length === 0 ? "its splits have no column in common" : `its columns are ${kindsOf(columns)}`;
  const seen = `${common}${inSome(columns, all)}`;
  if (fitting.length > 0) {
    const types = fitting.map((one) => one.type);
    const other = types.join() === "BitextMining" ? ` (texts and their translations)? ${ranking}` : "?";
    return new UsageError(
      `init: ${seen}; is it ${types.join(" or ")}${other} Give --type ${types.join(", or --type ")}`,
    );
  }
  const reasons = found.flatMap(({ finding }) => (typeof finding === "string" ? [finding] : []));
  const separated = separatedBy(all);
  if (separated !== undefined) return new UsageError(`init: ${seen}; ${separated}`);
  const hint = type === undefined ? "give --type, or rename columns" : "rename columns, or give another --type";
  return new UsageError(`init: no task type fits: ${seen}; ${shown(reasons.join("; "), 1000)}; ${hint}`);
}

/** Names the columns that some splits have and others have not, with the splits; "" where there are none. */
function inSome(common: readonly ColumnFacts[], all: readonly SplitFacts[]): string {
  const filled = all.filter(({ rows }) => rows > 0);
  const names = new Set(filled.flatMap(({ columns }) => columns.map(({ name }) => name)));
  for (const { name } of common) names.delete(name);
  const lines = [...names].slice(0, 10).map((name) => {
    const having = filled.filter(({ columns }) => columns.some((column) => column.name === name));
    return `"${shown(name)}" (${[...new Set(having.map((split) => shown(split.name)))].join(", ")})`;
  });
  return lines.length === 0 ? "" : `; not in all splits: ${lines.join(", ")}`;
}

/** The way out where lines of a file are one field each, as what separates their fields is no comma; undefined elsewhere. */
function separatedBy(all: readonly SplitFacts[]): string | undefined {
  const lone = all.flatMap(({ columns }) => (columns.length === 1 ? columns : []))[0]?.name ?? "";
  const mark = [";", "\t", "|"].find((one) => lone.includes(one));
  if (mark === undefined) return undefined;
  const is = `its fields seem to be separated by ${JSON.stringify(mark)}`;
  if (mark === "\t") return `${is}: a file of these is called .tsv`;
  return `${is}: a README.md beside the files says so, with sep: "${mark}" (docs/data-files.md)`;
}

const kindsOf = (columns: readonly ColumnFacts[]): string =>
  columns
    .slice(0, 20)
    .map(({ name, kind }) => `"${shown(name)}" (${kind})`)
    .join(", ");
const namesOf = (columns: readonly ColumnFacts[]): string => columns.map(({ name }) => shown(name)).join(", ");

function commonOf(configs: readonly ConfigFacts[]): Common {
  const all = configs.flatMap(({ splits }) => splits);
  const [first, ...others] = configs.map(({ splits }) => splits.map(({ name }) => name));
  const filled = all.filter(({ rows }) => rows > 0);
  return {
    all,
    splits: (first ?? []).filter((name) => others.every((names) => names.includes(name))),
    columns: (filled[0]?.columns ?? []).flatMap(({ name }) => joined(name, filled)),
  };
}

/** Joins the facts of a column of all splits; nothing where one lacks it. */
function joined(name: string, splits: readonly SplitFacts[]): ColumnFacts[] {
  const parts = splits.map(({ columns }) => columns.find((column) => column.name === name));
  if (!parts.every((part) => part !== undefined)) return [];
  const kinds = [...new Set(parts.map(({ kind }) => kind))];
  const isNumeric = kinds.every((kind) => kind === "numbers" || kind === "whole numbers");
  const kind = kinds.length === 1 ? kinds[0] : isNumeric ? "numbers" : "other values";
  const least = Math.min(...parts.map((part) => part.least));
  const most = Math.max(...parts.map((part) => part.most));
  return [{ name, kind, least, most, rowsOfOne: Math.max(...parts.map((part) => part.rowsOfOne)) }];
}

/** Splits that are scored: the first known one that is there, or all that are not for training. */
function scoredOf(splits: readonly string[]): readonly string[] {
  const usual = ["test", "validation", "dev"].find((name) => splits.includes(name));
  if (usual !== undefined) return [usual];
  const others = splits.filter((name) => name !== "train");
  return others.length > 0 ? others : splits;
}

function literalOf(
  { name, path }: Wanted,
  type: TaskType,
  subsets: readonly string[],
  splits: readonly string[],
  { settings, prepare }: Pick<Fit, "settings" | "prepare">,
): Proposal["literal"] {
  return {
    name,
    type,
    dataset: { path },
    ...(splits.length === 1 && splits[0] === "test" ? {} : { splits }),
    languages: Object.fromEntries(subsets.map((subset) => [subset, [assumedLanguage]])),
    ...(Object.keys(settings).length === 0 ? {} : { settings }),
    ...(prepare === undefined ? {} : { prepare }),
  };
}
