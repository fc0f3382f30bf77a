/** What there is in place of options that other programs have, by their names. */
const elsewhere: Readonly<Record<string, string>> = {
  "batch-size":
    "there is none to set: batches are made by their tokens, and by the room that the device has; bench has --batch-sizes",
  "output-folder": "results go to --results FOLDER, and the table to standard output",
  "output-path": "results go to --results FOLDER, and the table to standard output",
  output: "results go to --results FOLDER, and the table to standard output",
  "model-name": "the model is --model",
  "model-name-or-path": "the model is --model",
  "model-path": "the model is --model, which takes folders too",
  "model-revision": "the revision is --revision",
  dtype: "that is --precision fp32, fp16, bf16 or int8",
  fp16: "that is --precision fp16",
  bf16: "that is --precision bf16",
  "max-length": "that is --max-tokens",
  "max-seq-length": "that is --max-tokens",
  "num-workers": "that is --threads",
  "n-jobs": "that is --threads",
  gpu: "that is --device cuda, or cuda:0",
  "device-id": "that is --device cuda:0",
  "trust-remote-code": "no code of a repository is ever run (docs/safety.md)",
  seed: "draws are those of mteb, whose seeds are part of the tasks",
  "cache-dir": "repositories are kept in HF_HUB_CACHE, vectors in PRAMANA_CACHE",
  "cache-folder": "repositories are kept in HF_HUB_CACHE, vectors in PRAMANA_CACHE",
  token: "the token is in HF_TOKEN",
  "hf-token": "the token is in HF_TOKEN",
  "task-types": "tasks of a type are listed by pramana tasks --type",
  "eval-splits": "the splits are those that mteb measures",
};

/** Why a name does not go through a queue, and what does. */
const namedQueue =
  "workers name what they store by the model, so that they share it; pramana results rename gives it another name then";

/** Options whose values are separated by commas, by all their forms. */
const listed = ["--tasks", "-t", "--languages", "--models"];

/** Finds a word that stands behind a list of names as if it went on: `MiniSTS` and `MiniRetrieval` of `--tasks MiniSTS MiniRetrieval`. */
function splitList(argv: readonly string[]): readonly [option: string, names: readonly string[]] | undefined {
  for (const [i, word] of argv.entries()) {
    if (!listed.includes(word)) continue;
    const behind = argv.slice(i + 1);
    const end = behind.findIndex((one) => one.startsWith("-"));
    const names = end < 0 ? behind : behind.slice(0, end);
    if (names.length > 1) return [word, names];
  }
  return undefined;
}

/**
 * Puts a better hint into the parser's message about wrong arguments where one is known: for options of other programs, and
 * for words that no option takes.
 *
 * @param words Those of the command line, the command first.
 * @param keys Those of the command's options.
 */
export function mendedHint(text: string, words: readonly string[], keys: readonly string[]): string {
  const [, unknown = ""] = /unknown option '--([\w-]+)/.exec(text) ?? [];
  const key = unknown.replaceAll("_", "-");
  if (Object.hasOwn(elsewhere, key)) return `${text.split("\n")[0]}\n(${elsewhere[key]})\n`;
  if (/--queue.* cannot be used with option '--name|--name.* cannot be used with option '--queue/.test(text)) {
    return `${text.split("\n")[0]}\n(${namedQueue})\n`;
  }
  if (!text.includes("too many arguments")) return text;
  const [option, names] = splitList(words) ?? [];
  if (names !== undefined) return `${text.trimEnd()}\n(names are separated by commas: ${option} ${names.join(",")})\n`;
  const places = [
    ...(keys.includes("model") ? ["a model is given with --model"] : []),
    ...(keys.includes("tasks") ? ["tasks with --tasks"] : []),
  ];
  return keys.includes("model") ? `${text.trimEnd()}\n(${places.join(", ")})\n` : text;
}
