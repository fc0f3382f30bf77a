import { plainLines, shown, shownJson } from "../datasets/shown.ts";
import type { ModelDescription, RowFacts, TokenizerFacts, WeightFacts } from "../models/description.ts";
import { storageText } from "./cache-table.ts";
import { shortRevision } from "./columns.ts";
import { grouped, noValue } from "./table.ts";
import { wrapText } from "./wrap.ts";

/** Something about a model, and what there is to say of it. */
type Row = readonly [what: string, seen: string];
type Section = readonly [title: string, rows: readonly Row[]];

/** Writes a description as sections of lines; a value that is not known is a dash. */
export function modelText(model: ModelDescription, width?: number): string {
  const { id, revision, refused, unseen, notes } = model;
  const sections: Section[] = [
    ["Kind", kindRows(model)],
    ["Weights", model.weights.map(weightRow)],
    ...(model.routes.length === 0
      ? rowSections(model, model, "")
      : model.routes.flatMap((route) => rowSections(route, model, titleOf(route)))),
    [`Prompts${promptOrigin(model)}`, promptRows(model)],
    ["Keys of config files", keyRows(model)],
  ];
  const verdict = refused.length > 0 ? "is refused" : unseen.length > 0 ? "runs, as far as can be seen" : "runs";
  const text = plainLines(
    [
      `${shown(id)} (${revision === "local" ? "folder" : shortRevision(revision)}) ${verdict}\n`,
      list(refused),
      ...sections.map(([title, rows]) => block(title, rows)),
      ...[
        ["Not seen", unseen],
        ["Assumed or left out", notes],
        [
          "Where transformers 4 and 5 differ",
          [...new Set([model, ...model.routes].flatMap(({ versions }) => versions))],
        ],
      ].map(([title, lines]) => (lines.length === 0 ? "" : `\n${title}\n${list(lines as readonly string[])}`)),
    ].join(""),
  );
  return wrapText(text, width);
}

/** Writes the sections about what texts go through; `where` follows their titles. */
const rowSections = (row: RowFacts, model: ModelDescription, where: string): Section[] => [
  [`Architecture${where}`, architectureRows(row)],
  [`Modules${where}`, moduleRows(row, model)],
  [`Tokens${where}`, row.tokenizer === null ? [] : tokenRows(row.tokenizer)],
];

const kinds = { query: "queries", document: "documents", text: "texts without a role" } as const;

const titleOf = ({ name, texts }: ModelDescription["routes"][number]): string =>
  `, route ${shown(name)}: ${texts.map((kind) => kinds[kind]).join(", ")}`;

const list = (lines: readonly string[]): string => lines.map((line) => `  - ${line}\n`).join("");

function block(title: string, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const width = Math.max(...rows.map(([what]) => what.length));
  return `\n${title}\n${rows.map(([what, seen]) => `${`  ${what.padEnd(width)}  ${seen}`.trimEnd()}\n`).join("")}`;
}

const orDash = (value: number | null): string => (value === null ? noValue : grouped(value));

function architectureRows({ architecture }: RowFacts): Row[] {
  if (architecture === null) return [];
  const { modelType, classes, layers, hidden, attention } = architecture;
  const windows = attention?.windows.map((tokens) => `; in some layers less than ${tokens} tokens far`) ?? [];
  return [
    ["family", `${shown(modelType)}${classes.length > 0 ? ` (${classes.map((name) => shown(name)).join(", ")})` : ""}`],
    ["layers", orDash(layers)],
    ["width", orDash(hidden)],
    ["attention", attention === null ? noValue : `${attention.sees}${windows.join("")} (${shown(attention.by)})`],
  ];
}

/** Names of stored types by those of the graph. */
const typeNames: Readonly<Record<string, string>> = {
  float: "fp32",
  float16: "fp16",
  bfloat16: "bf16",
  double: "fp64",
};

/** Files that a line names. */
const shownFiles = 3;

function weightRow({ files, form, storedType, parameters, bytes }: WeightFacts): Row {
  const more = files.length > shownFiles ? ` and ${files.length - shownFiles} more` : "";
  const names = `${files
    .slice(0, shownFiles)
    .map((file) => shown(file))
    .join(", ")}${more}`;
  const type = typeNames[storedType] ?? storedType;
  return [names, `${form}, ${type}, ${grouped(parameters)} parameters, ${storageText(bytes)}`];
}

/** Writes the value of a module's setting. */
function settingText(value: unknown): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) && value.every((item) => typeof item !== "object")
    ? shown(value.join("+"))
    : shown(value);
}

function kindRows({ kind, toldBy }: ModelDescription): Row[] {
  return kind === null || toldBy === null ? [] : [[kind, `told by ${shown(toldBy)}`]];
}

function moduleRows(
  { modules, dims, adapters }: RowFacts,
  { similarity, maxActive, scores, interaction }: ModelDescription,
): Row[] {
  const rows = modules.map(({ type, ...settings }, i): Row => {
    const told = Object.entries(settings).filter(([, value]) => value !== "" && value !== undefined);
    return [`${i + 1} ${type}`, told.map(([key, value]) => `${key} ${settingText(value)}`).join(", ")];
  });
  const isNormal = modules.at(-1)?.type === "Normalize";
  const kept = maxActive === null ? "" : `, at most ${maxActive} of them not 0`;
  const vector = `${orDash(dims)} values${isNormal ? ", of length 1" : ""}${kept}; similarity ${similarity ?? noValue}`;
  if (rows.length === 0) return [];
  if (scores !== null) {
    const labels = scores.labels.map((label) => shown(label)).join(", ");
    return [...rows, ["→ scores of a pair", `${labels}; activation ${scores.activation}`]];
  }
  if (interaction !== null) return [...rows, ["→ a vector of each token", vector], ...interactionRows(interaction)];
  if (adapters === null) return [...rows, ["→ a vector", vector]];
  const chosen = `${adapters.names.map((name) => shown(name)).join(", ")}; a task takes one${adapters.required ? "" : ", or none"}`;
  return [...rows, ["→ a vector", vector], ["adapters", chosen]];
}

function interactionRows({
  queryLimit,
  documentLimit,
  expansion,
  mask,
}: NonNullable<ModelDescription["interaction"]>): Row[] {
  const limit = (own: typeof queryLimit): string =>
    own === undefined ? "cut where texts are" : `cut to ${own.maxTokens} tokens (${own.from})`;
  const filled =
    expansion === null
      ? ""
      : `, filled up to ${expansion.length} with ${expansion.token === null ? "the mask token" : shown(expansion.token)}, which the others ${expansion.attend ? "attend to" : "do not attend to"}`;
  const skips = (role: "query" | "document"): string =>
    mask?.roles.includes(role) && mask.skipped.length > 0 ? `, without ${shown(mask.skipped.join(" "))}` : "";
  return [
    ["queries", `${limit(queryLimit)}${filled}${skips("query")}`],
    ["documents", `${limit(documentLimit)}${skips("document")}`],
  ];
}

function tokenRows(tokenizer: TokenizerFacts): Row[] {
  const { className, writtenBy, ends, maxTokens, maxTokensFrom, truncationSide, chatTemplate } = tokenizer;
  const pieces = (side: "before" | "after"): string =>
    ends === null ? noValue : ends[side].map(({ id, token }) => `${shown(token)} (${id})`).join(" ") || "nothing";
  return [
    ["tokenizer", `${className === null ? "no known class" : shown(className)}, files of transformers ${writtenBy}`],
    ["before a text", pieces("before")],
    ["after a text", pieces("after")],
    ["longest input", maxTokens === null ? "no limit" : `${grouped(maxTokens)} tokens (${shown(maxTokensFrom)})`],
    ...(maxTokens === null
      ? []
      : [["longer ones", `lose their ${truncationSide === "left" ? "beginning" : "end"}`] as const]),
    ["chat template", chatTemplate ?? "none"],
  ];
}

const origins = {
  user: "of the user",
  repository: "of the repository",
  published: "published about the model",
} as const;

const promptOrigin = ({ prompting }: ModelDescription): string =>
  prompting === null ? "" : `, ${origins[prompting.promptSource ?? "repository"]}`;

/** Characters of a prompt that are shown. */
const shownPrompt = 200;
/** Prompts that are listed; a published table may hold hundreds. */
const shownPrompts = 20;

function promptRows({ prompting }: ModelDescription): Row[] {
  if (prompting === null) return [];
  const { prompts, defaultPromptName, instruct } = prompting;
  const all = Object.entries(prompts).map(([name, text]): Row => [shown(name), shownJson(text, shownPrompt)]);
  const more = all.length - shownPrompts;
  return [
    ...all.slice(0, shownPrompts),
    ...(more > 0 ? [["…", `${more} more; --format json lists all`] as const] : []),
    ["where no other applies", defaultPromptName === null ? "nothing" : shown(defaultPromptName)],
    ...(instruct === undefined
      ? []
      : [
          ["instructions", shownJson(instruct.template, shownPrompt)] as const,
          ["for documents too", instruct.applyToDocuments ? "yes" : "no"] as const,
        ]),
  ];
}

function keyRows({ keys }: ModelDescription): Row[] {
  const read = Object.entries(keys).filter(([, { read, other }]) => read.length + other.length > 0);
  return read.map(([file, { read, other }]) => {
    const names = (all: readonly string[]): string => all.map((key) => shown(key)).join(", ") || "none";
    return [shown(file), `read ${names(read)}${other.length > 0 ? `; change nothing here: ${names(other)}` : ""}`];
  });
}
