import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parse, parseDocument, stringify } from "yaml";
import { isRecord } from "./document.ts";
import { InputError } from "./errors.ts";
import { shown } from "./shown.ts";

export const parseYaml: typeof parse = parse;

/** YAML as Python reads it, in which `no` is a truth value and 2026-11-30 a date unless they are quoted. */
const asPythonReads = { version: "1.1" } as const;

/** Writes a value as YAML in block style; texts are quoted where YAML would take them for something else. */
export const toYaml = (value: unknown): string =>
  stringify(value, { ...asPythonReads, lineWidth: 0, aliasDuplicateObjects: false });

/**
 * Splits a card at its front matter, between two lines of three hyphens, of which blanks may stand before the first, as the
 * Hub reads it; without one, all is the text behind it.
 */
function split(text: string): { readonly front?: string; readonly body: string } {
  const found = /^\s*---[ \t]*\r?\n((?:[\s\S]*?\r?\n)??)---[ \t]*(?:\r?\n|$)/.exec(text);
  return found === null ? { body: text } : { front: found[1], body: text.slice(found[0].length) };
}

/**
 * Returns a card (README.md of a repository) with fields of its YAML front matter set; all else of it, comments too, stays
 * as it is, and a front matter is made where there is none.
 *
 * @param name The card's name, for messages.
 * @param change Returns the fields that are set, from all there are.
 * @throws InputError for a front matter that is no YAML, or no map of fields
 */
export function withFields(
  text: string,
  name: string,
  change: (fields: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): string {
  const { front, body } = split(text);
  const document: Document = parseDocument(front ?? "", { ...asPythonReads, logLevel: "error" });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw new InputError(`card ${name}: its YAML front matter cannot be read: ${shown(fault.message, 300)}`);
  }
  const fields: unknown = document.toJS() ?? {};
  if (!isRecord(fields)) {
    throw new InputError(`card ${name}: its YAML front matter is no map; expected lines such as license: mit`);
  }
  document.contents ??= document.createNode({});
  for (const [field, value] of Object.entries(change(fields))) document.set(field, document.createNode(value));
  const gap = front === undefined && body !== "" ? "\n" : "";
  return `---\n${document.toString({ lineWidth: 0 })}---\n${gap}${body}`;
}

/** A YAML file that was read. */
export interface YamlFile {
  readonly value: unknown;
  /** Returns the line, from 1, on which a value stands: the one at the path, or what is nearest around it. */
  readonly lineOf: (path: readonly (string | number)[]) => number;
}

/**
 * Reads YAML 1.2, keeping the lines on which its values stand.
 *
 * @param name The file's name, for messages.
 * @throws InputError naming the line of what is no YAML
 */
export function readYaml(text: string, name: string): YamlFile {
  const lines = new LineCounter();
  const document: Document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
  const [fault] = document.errors;
  if (fault !== undefined) {
    throw new InputError(`${name}, line ${lines.linePos(fault.pos[0]).line}: no YAML: ${shown(fault.message, 300)}`);
  }
  const startOf = (path: readonly (string | number)[]): number => {
    const [last] = path.slice(-1);
    const around: unknown = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    // A field stands where its name does.
    const pair = isMap(around) ? around.items.find(({ key }) => isScalar(key) && key.value === last) : undefined;
    const node: unknown = isPair(pair) ? pair.key : document.getIn(path, true);
    if (isNode(node) && node.range) return node.range[0];
    return path.length === 0 ? 0 : startOf(path.slice(0, -1));
  };
  return { value: document.toJS(), lineOf: (path) => lines.linePos(startOf(path)).line };
}
