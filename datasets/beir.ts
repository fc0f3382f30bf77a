import { posix } from "node:path";
import { compressions, openTexts } from "./compression.ts";
import type { Config, Split } from "./data-files.ts";
import { InputError } from "./errors.ts";
import { formatOf } from "./formats.ts";
import { readQrels } from "./qrels.ts";
import { shown } from "./shown.ts";
import type { Columns, DataFile } from "./text-file.ts";

/** Parts of the data set by the names of their files or folders, with an example for messages. */
const parts = {
  corpus: "corpus.jsonl",
  queries: "queries.jsonl",
  qrels: "qrels/test.tsv",
  top_ranked: "top_ranked.jsonl",
  instruction: "instruction.jsonl",
} as const;
type Part = keyof typeof parts;
const needed = ["corpus", "queries", "qrels"] as const satisfies readonly Part[];

/** What a folder without a card needs for retrieval, for messages. */
export const beirForm = `for retrieval, a folder without a card holds ${needed.map((part) => parts[part]).join(", ")}`;

/** Formats whose ids keep their type; CSV would make numbers of texts such as 007. */
const typed = ["jsonl", "ndjson", "json", "parquet", "arrow"];

/**
 * Returns the configs of a folder in BEIR's form, told by the names of its files: `corpus.jsonl`, `queries.jsonl` and
 * `qrels/SPLIT.tsv`, and for reranking `top_ranked.jsonl`. In place of each file may stand one in another format, its
 * shards, or a folder of that name; judgements of one split only may lie in `qrels.tsv` or `qrels.jsonl`. The split of
 * judgements has the name of its file. Undefined where fewer than two of the three parts are there.
 *
 * @param files Paths of all files.
 * @throws InputError for a part that is missing, that is there twice, or that has a format it cannot have
 */
export function beirConfigs(files: readonly string[]): readonly Config[] | undefined {
  const found = (part: Part): readonly string[] => files.filter((file) => isOf(part, file));
  const missing = needed.filter((part) => found(part).length === 0);
  if (missing.length > 1) return undefined;
  if (missing.length === 1) {
    const present = needed.flatMap((part) => found(part).slice(0, 1)).map((file) => shown(file));
    throw new InputError(
      `data files: ${present.join(" and ")} make a data set for retrieval, of which ${missing[0]} is missing; expected ` +
        `${parts[missing[0]]} beside them`,
    );
  }
  return (Object.keys(parts) as Part[])
    .filter((part) => found(part).length > 0)
    .map((part) =>
      part === "qrels"
        ? { name: "default", isDefault: true, splits: judgementSplits(found(part)) }
        : { name: part, isDefault: false, splits: [rowsOf(part, found(part))] },
    );
}

/** Tells whether a file is `PART.EXTENSION`, a shard of it, or lies in a folder of that name. */
function isOf(part: Part, file: string): boolean {
  if (formatOf(file) === undefined || file.split("/").some((name) => /^(?:\.|__)/.test(name))) return false;
  return file.includes("/") ? file.startsWith(`${part}/`) : stemOf(file) === part;
}

/** Returns the name of a file without its endings and the number of its shard. */
const stemOf = (file: string): string => posix.basename(file).replace(endings, "");
const endings = new RegExp(`(?:-\\d{5}-of-\\d{5})?\\.[A-Za-z]+(?:\\.(?:${Object.keys(compressions).join("|")}))?$`);

/** Returns patterns that fit the shards which may be missing, too. */
const patternsOf = (files: readonly string[]): readonly string[] => [
  ...new Set(files.map((file) => file.replace(/-\d{5}-of-/, "-[0-9][0-9][0-9][0-9][0-9]-of-"))),
];

function rowsOf(part: Part, files: readonly string[]): Split {
  return { name: part, files: oneSet(files, part), patterns: patternsOf(files) };
}

function judgementSplits(files: readonly string[]): readonly Split[] {
  const names = new Set(files.map((file) => (file.includes("/") ? stemOf(file) : "test")));
  if (files.some((file) => !file.includes("/")) && files.some((file) => file.includes("/"))) throw twofold(files);
  return [...names].map((name) => {
    const own = files.filter((file) => !file.includes("/") || stemOf(file) === name);
    const isTsv = formatOf(own[0])?.extension === "tsv";
    return { ...rowsOf("qrels", own), name, ...(isTsv ? { read: readJudgements } : {}) };
  });
}

/** Reads a file of judgements, which may be compressed. */
async function readJudgements(file: DataFile): Promise<Columns> {
  const [text, ...more] = await openTexts(file, formatOf(file.name)?.compression);
  if (text === undefined || more.length > 0) {
    throw new InputError(`${file.name}: the archive holds ${1 + more.length} files; expected one`);
  }
  return readQrels(text);
}

/** Returns the files of one part if they are one file or the shards of one, in a format that the part can have. */
function oneSet(files: readonly string[], part: Part): readonly string[] {
  const wrong = files.find((file) => {
    const { extension = "" } = formatOf(file) ?? {};
    return !typed.includes(extension) && !(part === "qrels" && extension === "tsv");
  });
  if (wrong !== undefined) {
    throw new InputError(
      `data files: ${shown(wrong)} would lose the form of its ids; expected ${parts[part]}, or the same in ` +
        typed.map((extension) => `.${extension}`).join(", "),
    );
  }
  const sets = new Set(files.map((file) => file.replace(/-\d{5}-of-\d{5}/, "")));
  if (sets.size === 1) return files;
  throw twofold(files);
}

const twofold = (files: readonly string[]): InputError =>
  new InputError(
    `data files: ${files
      .slice(0, 3)
      .map((file) => shown(file))
      .join(" and ")} hold the same part of a data set for ` +
      "retrieval; expected one of them, or shards such as corpus-00000-of-00002.parquet",
  );
