import { basename, dirname, resolve } from "node:path";

/** Names of folders that are the same in every training run, such as `checkpoint-500`, `step_1000`, `epoch-3` or `best`. */
const saysLittle =
  /^(?:(?:global[-_.]?)?(?:checkpoint|ckpt|step|epoch|iter|iteration)s?[-_.]?)?\d+(?:\.\d+)?$|^(?:checkpoints?|ckpt|final|best|last|latest|model|output)$/i;

/** Names a folder, with the one that it lies in where its own name says little: `my-run-checkpoint-500`. */
function tellingName(folder: string): string {
  const [name, parent] = [basename(folder), dirname(folder)];
  return saysLittle.test(name) && basename(parent) !== "" ? `${tellingName(parent)}-${name}` : name;
}

/** Names the model in a folder: `local/NAME`. */
export const localName = (folder: string): string => `local/${tellingName(resolve(folder))}`;

/** First parts of the names of models that are no repository of the Hub. */
const ownNames = ["local", "endpoint", "precomputed", "pramana"];

/** Tells whether a name is `ORG/MODEL` as a repository of the Hub can have it. */
export const isHubModel = (name: string): boolean =>
  /^[\w-][\w.-]*\/[\w-][\w.-]*$/.test(name) && !ownNames.includes(name.split("/")[0]);

/** Tells whether a text can be a revision's: a commit, a tag or another name of one word. */
export const isRevision = (text: string): boolean => /^\w[\w.-]*$/.test(text);

/** The marks at the end of a row's name, of what changes its scores: `@256d` and `[int8,limit=50]`. */
const marks = /(?:@\d+d(?=\[|$)|\[).*$/s;

/** Parts a row's name into the model's and the marks of what changes its scores. */
export function partsOfName(name: string): { readonly model: string; readonly marks: string } {
  const found = marks.exec(name)?.[0] ?? "";
  return { model: name.slice(0, name.length - found.length), marks: found };
}
