import { shownJson } from "../../datasets/shown.ts";
import type { RankingTask, TaskType } from "../../tasks/task.ts";
import type { ColumnFacts, ColumnKind, SplitFacts } from "./facts.ts";

/** What every split of every config has in common. */
export interface Common {
  /** Columns that all have. */
  readonly columns: readonly ColumnFacts[];
  /** Names of splits that all configs have. */
  readonly splits: readonly string[];
  /** All splits, those of one name side by side. */
  readonly all: readonly SplitFacts[];
}

/** A way to read the rows as those of a task type. */
export interface Fit {
  readonly settings: Readonly<Record<string, unknown>>;
  readonly prepare?: readonly unknown[];
  /** True where the names of the columns tell the type; false where only their values would do. */
  readonly isNamed: boolean;
  /** The columns, in words. */
  readonly told: string;
}

/** A fit, or the reason why there is none. */
type Finding = Fit | string;

/** Names by which a role is known, the standard one of its setting first. */
const names = {
  pairs: [
    ["sentence1", "sentence2"],
    ["sent1", "sent2"],
    ["text1", "text2"],
    ["sentence_1", "sentence_2"],
    ["sentence_A", "sentence_B"],
    ["question1", "question2"],
    ["premise", "hypothesis"],
  ],
  score: ["score", "similarity_score", "similarity", "relatedness_score"],
  pairLabel: ["labels", "label", "is_duplicate"],
  value: ["value", "target", "rating"],
  text: ["text", "sentence", "content", "document", "utterance", "message"],
  label: ["label", "category", "class", "intent", "topic"],
} as const;

/** Finds the fit of each type that goes by columns. */
export const fits: Readonly<Record<Exclude<TaskType, RankingTask["type"]>, (common: Common) => Finding>> = {
  STS: fitSts,
  Classification: fitClassification,
  Clustering: fitClustering,
  PairClassification: fitPairs,
  Summarization: fitSummaries,
  BitextMining: fitBitext,
  MultilabelClassification: fitLabelSets,
  Regression: fitRegression,
};

const numeric: readonly ColumnKind[] = ["whole numbers", "numbers"];
const labelKinds: readonly ColumnKind[] = ["texts", "whole numbers", "truth values"];

interface Pick {
  readonly column: ColumnFacts;
  readonly isNamed: boolean;
}

/** Picks the column with a known name, or the only one of a kind that serves. */
function pick(
  columns: readonly ColumnFacts[],
  known: readonly string[],
  serves: (column: ColumnFacts) => boolean,
): Pick | undefined {
  const serving = columns.filter(serves);
  const named = known.map((name) => serving.find((column) => column.name === name)).find((one) => one !== undefined);
  if (named) return { column: named, isNamed: true };
  return serving.length === 1 ? { column: serving[0], isNamed: false } : undefined;
}

function pickPair(columns: readonly ColumnFacts[], kind: ColumnKind): readonly [Pick, Pick] | undefined {
  const serving = columns.filter((column) => column.kind === kind);
  const named = names.pairs
    .map((pair) => pair.map((name) => serving.find((column) => column.name === name)))
    .find((pair) => pair.every((column) => column !== undefined));
  const isNamed = named !== undefined;
  const [first, second] = named ?? (serving.length === 2 ? serving : []);
  return (
    first &&
    second && [
      { column: first, isNamed },
      { column: second, isNamed },
    ]
  );
}

/** Returns settings without those that have their standard value. */
function settingsBeside(
  standard: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const isOther = ([key, value]: [string, unknown]): boolean => JSON.stringify(standard[key]) !== JSON.stringify(value);
  return Object.fromEntries(Object.entries(settings).filter(isOther));
}
const standardPair = { columns: names.pairs[0] };

function fitSts({ columns }: Common): Finding {
  const pair = pickPair(columns, "texts");
  const score = pick(columns, names.score, ({ kind }) => numeric.includes(kind));
  if (!pair || !score) return "STS needs two columns of texts and one of numbers";
  const { name, least, most } = score.column;
  if (!(least < most)) return `STS needs different scores, and all of "${name}" are ${least}`;
  if (name !== "score" && columns.some((column) => column.name === "score")) return 'the column "score" is no number';
  return {
    settings: { ...settingsBeside(standardPair, { columns: namesOf(pair) }), minScore: least, maxScore: most },
    ...(name === "score" ? {} : { prepare: [{ step: "rename", columns: { [name]: "score" } }] }),
    isNamed: pair[0].isNamed && score.isNamed,
    told: `pairs in ${listed(namesOf(pair))}, scores from ${least} to ${most} in ${quoted(name)}`,
  };
}

function fitPairs({ columns, all }: Common): Finding {
  const inLists = pickPair(columns, "lists of texts");
  const pair = inLists ?? pickPair(columns, "texts");
  const isBinary = ({ kind, least, most }: ColumnFacts): boolean =>
    inLists ? kind === "lists of numbers" && least >= 0 && most <= 1 : isBit(kind, least, most);
  const label = pick(columns, names.pairLabel, isBinary);
  if (!pair || !label) return "PairClassification needs two columns of texts and one of labels 1 and 0";
  const labelColumn = label.column.name;
  const used = [...namesOf(pair), labelColumn];
  const isFlattened = inLists !== undefined && all.some(({ rows }) => rows !== 1);
  return {
    settings: settingsBeside({ ...standardPair, labelColumn: "labels" }, { columns: namesOf(pair), labelColumn }),
    ...(isFlattened ? { prepare: [{ step: "flatten", columns: used }] } : {}),
    isNamed: pair[0].isNamed && label.isNamed,
    told: `pairs in ${listed(namesOf(pair))}, whether they belong together in ${quoted(labelColumn)}`,
  };
}

const isBit = (kind: ColumnKind, least: number, most: number): boolean =>
  kind === "truth values" || (kind === "whole numbers" && least >= 0 && most <= 1);

/** Tells whether a column can hold the texts: labels may be texts, too, under a name of theirs. */
const isNoLabel = ({ name, kind }: ColumnFacts): boolean =>
  kind === "texts" && !["labels", ...names.label].includes(name);

const trainSplit = "train";
/** Training rows per label and experiment; see the settings of `Classification`. */
const samplesPerLabel = 8;

/** Says what a type that learns lacks of splits. */
const lackOfSplits = (type: TaskType, splits: readonly string[]): string | undefined =>
  splits.includes(trainSplit) && splits.length > 1
    ? undefined
    : `${type} needs the split ${trainSplit} to learn from and another to score; there is ${splits.join(", ")}`;

function fitClassification({ columns, splits, all }: Common): Finding {
  const text = pick(columns, names.text, isNoLabel);
  const others = columns.filter((column) => column !== text?.column);
  const label = pick(others, names.label, ({ kind }) => labelKinds.includes(kind));
  if (!text || !label) return "Classification needs a column of texts and one of labels";
  const lacking = lackOfSplits("Classification", splits);
  if (lacking !== undefined) return lacking;
  const [textColumn, labelColumn] = namesOf([text, label]);
  const train = all.filter(({ name }) => name === trainSplit).flatMap((split) => split.columns);
  const rows = Math.max(...train.filter(({ name }) => name === labelColumn).map(({ rowsOfOne }) => rowsOfOne));
  // With all rows of every label, the ten experiments would be one.
  const few = rows <= samplesPerLabel ? { samplesPerLabel: Math.max(1, rows - 1) } : {};
  return {
    settings: { ...settingsBeside({ textColumn: "text", labelColumn: "label" }, { textColumn, labelColumn }), ...few },
    isNamed: text.isNamed && label.isNamed,
    told: `texts in ${quoted(textColumn)}, labels in ${quoted(labelColumn)}, learnt from ${trainSplit}`,
  };
}

/** Documents up to which all are embedded, not the share of them that mteb takes. */
const fewDocuments = 2 ** 14;

function fitClustering({ columns, all }: Common): Finding {
  const inLists = columns.find(({ name, kind }) => name === "sentences" && kind === "lists of texts");
  const text = inLists ? { column: inLists, isNamed: true } : pick(columns, ["sentences", ...names.text], isNoLabel);
  const others = columns.filter((column) => column !== text?.column);
  const kinds = [...labelKinds, "lists of texts", "lists of numbers"];
  const serves = ({ kind }: ColumnFacts): boolean => (inLists ? kind.startsWith("lists") : kinds.includes(kind));
  const label = pick(others, ["labels", ...names.label], serves);
  if (!text || !label) return "Clustering needs a column of texts and one of labels";
  const [textColumn, labelColumn] = namesOf([text, label]);
  const isSmall = all.every(({ rows }) => rows <= fewDocuments);
  const kindOf = inLists ? { legacy: true } : isSmall ? { maxFraction: null } : {};
  const standard = { textColumn: "sentences", labelColumn: "labels" };
  return {
    settings: { ...settingsBeside(standard, { textColumn, labelColumn }), ...kindOf },
    isNamed: textColumn === standard.textColumn && labelColumn === standard.labelColumn,
    told:
      `${inLists ? "lists of texts" : "texts"} in ${quoted(textColumn)}, labels in ${quoted(labelColumn)}` +
      (!inLists && isSmall ? ", all of them (maxFraction null; mteb takes 4 %)" : ""),
  };
}

function fitSummaries({ columns }: Common): Finding {
  const standard = { text: "texts", human_summaries: "lists of texts", machine_summaries: "lists of texts" };
  const lacking = Object.entries(standard).filter(
    ([name, kind]) => !columns.some((column) => column.name === name && column.kind === kind),
  );
  const relevance = columns.find(({ name, kind }) => name === "relevance" && kind === "lists of numbers");
  if (lacking.length > 0 || !relevance) {
    return "Summarization needs text, and lists human_summaries, machine_summaries and relevance";
  }
  const { least, most } = relevance;
  if (!(least < most)) return `Summarization needs different judgements, and all are ${least}`;
  return {
    settings: { minScore: least, maxScore: most },
    isNamed: true,
    told: `summaries by people and machines, judgements from ${least} to ${most}`,
  };
}

function fitLabelSets({ columns, splits }: Common): Finding {
  const text = pick(columns, names.text, ({ kind }) => kind === "texts");
  const serves = ({ kind }: ColumnFacts): boolean => kind === "lists of texts" || kind === "lists of numbers";
  const label = pick(columns, names.label, serves);
  if (!text || !label) return "MultilabelClassification needs a column of texts and one of lists of labels";
  const lacking = lackOfSplits("MultilabelClassification", splits);
  if (lacking !== undefined) return lacking;
  const [textColumn, labelColumn] = namesOf([text, label]);
  return {
    settings: settingsBeside({ textColumn: "text", labelColumn: "label" }, { textColumn, labelColumn }),
    isNamed: text.isNamed && label.isNamed,
    told: `texts in ${quoted(textColumn)}, lists of labels in ${quoted(labelColumn)}, learnt from ${trainSplit}`,
  };
}

function fitRegression({ columns, splits }: Common): Finding {
  const text = pick(columns, names.text, ({ kind }) => kind === "texts");
  const value = pick(columns, names.value, ({ kind }) => numeric.includes(kind));
  if (!text || !value) return "Regression needs a column of texts and one of numbers";
  const lacking = lackOfSplits("Regression", splits);
  if (lacking !== undefined) return lacking;
  const [textColumn, valueColumn] = namesOf([text, value]);
  return {
    settings: settingsBeside({ textColumn: "text", valueColumn: "value" }, { textColumn, valueColumn }),
    isNamed: text.isNamed && value.isNamed,
    told: `texts in ${quoted(textColumn)}, numbers in ${quoted(valueColumn)}, learnt from ${trainSplit}`,
  };
}

/** Beside further columns, which may hold labels, only a user can tell. */
function fitBitext({ columns }: Common): Finding {
  const pair = pickPair(columns, "texts");
  if (!pair) return "BitextMining needs two columns of texts";
  return {
    settings: settingsBeside(standardPair, { columns: namesOf(pair) }),
    isNamed: pair[0].isNamed && columns.length === 2,
    told: `texts that belong together in ${listed(namesOf(pair))}`,
  };
}

const namesOf = (picks: readonly Pick[]): readonly string[] => picks.map(({ column }) => column.name);
const quoted = (name: string): string => shownJson(name);
const listed = (columns: readonly string[]): string => columns.map(quoted).join(" and ");
