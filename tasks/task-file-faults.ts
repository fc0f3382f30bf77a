import { inspect } from "node:util";
import type { z } from "zod";
import { InputError } from "../datasets/errors.ts";
import { shown, shownJson } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";

/** Most faults that one message names. */
const shownFaults = 10;
export const wayOut = "docs/custom-tasks.md lists the fields";

/** What a literal of a task file is held against. */
interface Checked {
  /** The beginning of the message. */
  readonly subject: string;
  /** The owner of the known fields. */
  readonly kind: string;
  readonly schema: z.ZodType;
}

/** Makes the error of a literal that a schema refuses: each fault with its place, value, and what may have been meant. */
export function faultsError(
  { issues }: z.ZodError,
  literal: Record<string, unknown>,
  { subject, kind, schema }: Checked,
): InputError {
  const faults = issues.flatMap((issue) => describe(issue, literal, { kind, schema }));
  const more = faults.length > shownFaults ? `; and ${faults.length - shownFaults} more` : "";
  return new InputError(`${subject}: ${faults.slice(0, shownFaults).join("; ")}${more}; ${wayOut}`);
}

/** Writes the hint on a field that is missing, where another one may be it with a slip. */
export function misspelt(field: string, literal: Readonly<Record<string, unknown>>): string {
  const near = Object.keys(literal).find((key) => didYouMean(key, [field]) !== "");
  return near === undefined ? "" : ` (is "${shown(near)}" meant to be it?)`;
}

/** Words of the library for what JSON has, and those that people use. */
const words: Readonly<Record<string, string>> = {
  array: "a list",
  record: "an object",
  object: "an object",
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
};

/** Describes an issue's faults, each with its place and value. */
function describe(
  issue: z.core.$ZodIssue,
  literal: Record<string, unknown>,
  { kind, schema }: Omit<Checked, "subject">,
): string[] {
  const place = issue.path
    .map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`))
    .join("")
    .replace(/^\./, "");
  if (issue.code === "unrecognized_keys") {
    const known = fieldsAt(schema, issue.path);
    return issue.keys.map((key) => {
      const field = shown(place === "" ? key : `${place}.${key}`);
      return `${field} is not a field of ${kind}${didYouMean(key, known)}`;
    });
  }
  const value = issue.path.reduce<unknown>(
    (at, key) => (typeof at === "object" && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    literal,
  );
  const message = issue.message.replace(/^Invalid input: /, "").replace(/, received .*$/, "");
  const expected = message
    .replace(/^Too small: expected number to be >(=?)(\S+)$/, (_told, equal: string, least: string) =>
      equal === "" ? `expected a number above ${least}` : `expected a number, ${least} or above`,
    )
    .replace(/^expected (\w+)$/, (told, word: string) =>
      Object.hasOwn(words, word) ? `expected ${words[word]}` : told,
    );
  return [`${shown(place)} is ${show(value)}${nearest(value, expected)} (${shown(expected, 300)})`];
}

/** Writes the hint on a text that is none of those that the message of its fault names. */
function nearest(value: unknown, message: string): string {
  const [, names] = /^expected one of (.+)$/.exec(message) ?? [];
  return typeof value === "string" && names !== undefined ? didYouMean(value, names.split(", ")) : "";
}

/** Lists the fields that a schema knows at a place; none where its values there are of several forms. */
function fieldsAt(schema: unknown, path: readonly PropertyKey[]): readonly string[] {
  let at = schema;
  for (const key of [...path, undefined]) {
    while (at instanceof Object && "unwrap" in at && typeof at.unwrap === "function") at = at.unwrap();
    if (!(at instanceof Object && "shape" in at && at.shape instanceof Object)) return [];
    if (key === undefined) return Object.keys(at.shape);
    at = (at.shape as Record<PropertyKey, unknown>)[key];
  }
  return [];
}

/** Writes a value, or that there is none. */
export function show(value: unknown): string {
  if (value === undefined) return "missing";
  // A module may export what JSON cannot hold.
  if (typeof value === "string") return shownJson(value, 80);
  const text = inspect(value, { depth: 1, breakLength: Infinity, maxArrayLength: 20, maxStringLength: 80 });
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
