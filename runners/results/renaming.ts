import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { isFile } from "../../datasets/folder.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { isHubModel, isRevision, partsOfName } from "../../models/naming.ts";
import { jsonPieces, parseJson } from "./json.ts";
import { metaFile } from "./model-meta.ts";
import { renamedPredictions } from "./predictions.ts";
import { listRevisions, type StoredRevision } from "./read-results.ts";
import { requireSeal, sealed } from "./seal.ts";
import { resultFolder } from "./store.ts";

type Named = Pick<StoredRevision, "model" | "revision">;

/** A file that moves with the results of a revision. */
export interface MovedFile {
  readonly name: string;
  /** What it holds there, where it names the model; absent where it moves as it is. */
  readonly text?: string;
}

/** Results of a revision that get another name. */
export interface Renaming {
  readonly from: StoredRevision;
  readonly to: StoredRevision;
  readonly files: readonly MovedFile[];
}

/** Parts `MODEL` or `MODEL@REVISION`, whose model may have an `@` of its own. */
function partsOf(run: string): { readonly model: string; readonly revision?: string } {
  const at = run.lastIndexOf("@");
  return at <= 0 ? { model: run } : { model: run.slice(0, at), revision: run.slice(at + 1) };
}

/**
 * Finds the stored revisions that `MODEL` or `MODEL@REVISION` means: of a model without marks those of its marked rows, too.
 * @throws InputError where there are none
 */
export function revisionsOf(run: string, stored: readonly StoredRevision[]): readonly StoredRevision[] {
  const ofModel = (wanted: string): readonly StoredRevision[] =>
    stored.filter(({ model }) => model === wanted || partsOfName(model).model === wanted);
  const whole = ofModel(run);
  if (whole.length > 0) return whole;
  const { model, revision = "" } = partsOf(run);
  const own = ofModel(model).filter((one) => revision !== "" && one.revision.startsWith(revision));
  const exact = own.filter((one) => one.revision === revision);
  const revisions = new Set(own.map((one) => one.revision));
  if (exact.length > 0 || revisions.size === 1) return exact.length > 0 ? exact : own;
  if (revisions.size > 1) {
    throw new InputError(`results: "${run}" is short for ${[...revisions].join(" and ")}; give more of it`);
  }
  const names = [...new Set(stored.flatMap((one) => [one.model, `${one.model}@${one.revision}`]))];
  const there = [...new Set(stored.map((one) => one.model))].sort().join(", ") || "none";
  throw new InputError(
    `results: "${run}" names no stored model${didYouMean(run, names)}; expected MODEL or MODEL@REVISION of ${there}`,
  );
}

/** @throws InputError for a name or revision that no model has, and for a row whose name is made of several */
function newName({ model, revision }: StoredRevision, to: string): Named {
  const wanted = partsOf(to);
  if (!isHubModel(wanted.model) || !isRevision(wanted.revision ?? "main")) {
    throw new InputError(`results: "${to}" is given as the new name; expected ORG/MODEL or ORG/MODEL@REVISION`);
  }
  const { marks } = partsOfName(model);
  if (marks.includes("fusion=") || model.includes("→")) {
    throw new InputError(
      `results: the name of ${model} is made of those of its models; rename what was run of one model`,
    );
  }
  return { model: wanted.model + marks, revision: wanted.revision ?? revision };
}

type Rewriter = (text: string, from: Named, to: Named, file: string) => string | undefined;

const pretty = (value: object): string => [...jsonPieces(value, 2, "\n")].join("");

/** Puts the new name into a model's description. */
const renamedMeta: Rewriter = (text, _from, to, file) => {
  const meta = parseJson(text, file);
  if (!isRecord(meta)) throw new InputError(`${file}: it is no JSON object; delete it or make it again`);
  return pretty({ ...meta, name: to.model, revision: to.revision });
};

/**
 * Records in a result the hash of the folder's files, which the revision no longer says: by it a later run of the same files
 * under the new name takes the result.
 */
const renamedResult: Rewriter = (text, from, to, file) => {
  const data = requireSeal(parseJson(text, file), file);
  const run = isRecord(data) ? data["pramana_run"] : undefined;
  if (!isRecord(data) || !isRecord(run) || !from.model.startsWith("local/") || from.revision === to.revision) {
    return undefined;
  }
  const { sha256: _seal, ...facts } = run;
  const inputs = isRecord(run["inputs"]) ? run["inputs"] : {};
  return pretty(sealed({ ...data, pramana_run: { ...facts, inputs: { model: from.revision, ...inputs } } }));
};

/** Puts the new name into the lines of `pramana bench` that are the model's. */
const renamedBench: Rewriter = (text, from, to) =>
  text
    .split("\n")
    .map((line) => {
      if (line.trim() === "") return line;
      const record: unknown = JSON.parse(line);
      const isOwn = isRecord(record) && record["model"] === from.model && record["revision"] === from.revision;
      return isOwn ? JSON.stringify({ ...record, ...to }) : line;
    })
    .join("\n");

/** Returns what rewrites a file; nothing for one that names no model. */
function rewriterOf(name: string): Rewriter | undefined {
  if (name === metaFile) return renamedMeta;
  if (name === "bench.jsonl") return renamedBench;
  if (name.endsWith("_predictions.json")) {
    const asNamed = ({ model: name, revision }: Named) => ({ name, revision });
    return (text, from, to) => renamedPredictions(text, asNamed(from), asNamed(to));
  }
  return name.endsWith(".json") ? renamedResult : undefined;
}

async function movedFile(from: StoredRevision, to: Named, name: string): Promise<MovedFile> {
  const rewrite = rewriterOf(name);
  if (rewrite === undefined) return { name };
  const file = join(from.folder, name);
  const text = rewrite(await readFile(file, "utf8"), from, to, file);
  return text === undefined ? { name } : { name, text };
}

/**
 * Plans to give stored results another name; marks of what changes scores stay part of it. Nothing is changed.
 *
 * @param run `MODEL` or `MODEL@REVISION` among the results of a folder.
 * @param to `ORG/MODEL` or `ORG/MODEL@REVISION`.
 * @throws InputError where nothing has the name, for a new one that cannot be, and for a file that is damaged
 */
export async function planRenaming(
  run: string,
  to: string,
  resultsDir: string,
  now: number,
): Promise<readonly Renaming[]> {
  if (await isFile(join(resultsDir, "watch.jsonl"))) {
    throw new InputError(
      `results: ${resultsDir} is that of a watch, whose watch.jsonl names the models; it stays as it is`,
    );
  }
  const found = revisionsOf(run, await listRevisions(resultsDir, now, 0));
  const plans: Renaming[] = [];
  for (const from of found) {
    const named = newName(from, to);
    const folder = resultFolder(resolve(resultsDir), named.model, named.revision);
    const same = plans.find((one) => one.to.folder === folder);
    if (same !== undefined || folder === from.folder) {
      const other = same === undefined ? "has that name already" : `and ${same.from.revision} would both be ${to}`;
      throw new InputError(`results: ${from.model} at ${from.revision} ${other}; name one as MODEL@REVISION`);
    }
    const entries = await readdir(from.folder, { withFileTypes: true });
    const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    if (folders.length > 0) {
      throw new InputError(
        `results: ${from.folder} has folders in it, ${folders.join(", ")}; take them out of it first`,
      );
    }
    const names = entries.map(({ name }) => name).filter((name) => !name.startsWith("."));
    const files = await Promise.all(names.sort().map((name) => movedFile(from, named, name)));
    plans.push({ from, to: { ...named, folder }, files });
  }
  return plans;
}
