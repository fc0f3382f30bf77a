import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError, UsageError } from "../../datasets/errors.ts";
import { whyUnread } from "../../datasets/folder.ts";
import { limits } from "../../datasets/limits.ts";
import { shownJson } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { documentNames } from "../../models/prompts/prompts.ts";
import { taskTypes } from "../../tasks/types/index.ts";

/** What is put before texts: a text as it stands, or an instruction for the model's own template. */
export type PromptForm = { readonly text: string } | { readonly instruction: string };

/** A prompt that is tried, with its name in tables and in the names of rows. */
export type TriedPrompt = PromptForm & { readonly name: string };

/** Where prompts to try come from. */
export interface TriedChoice {
  /** Texts, in which `\n` and `\t` stand for the characters. */
  readonly prompt?: readonly string[];
  /** Instructions for the model's own template, likewise. */
  readonly instruction?: readonly string[];
  /** A file of both. */
  readonly prompts?: string;
}

/** Rows that are there by themselves, and choices that a table tells. */
const reserved = ["published", "none", "median", "best", "worst"];

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", "\\": "\\" };

/** Reads a text that was written on one line. */
function unescaped(text: string, where: string): string {
  return text.replace(/\\(.?)/gs, (written, letter: string) => {
    if (Object.hasOwn(escapes, letter)) return escapes[letter];
    throw new InputError(`${where}: ${shownJson(text)} holds ${written}; expected \\n, \\t, or \\\\ for a backslash`);
  });
}

/** Makes a name of a text's first words. */
function nameOf(text: string): string {
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const cut = [...words.join("-")].slice(0, 24).join("").replace(/-$/, "");
  return cut === "" ? "prompt" : cut.toLowerCase();
}

/** A prompt that may still lack a name. */
type Given = PromptForm & { readonly name?: string; readonly where: string };

const textOf = (form: PromptForm): string => ("text" in form ? form.text : form.instruction);

const parseJson = (text: string, where: string): unknown =>
  parseDocument(text, where, (reason) => new InputError(`${where}: not valid JSON (${reason})`));

/** Reads one entry of a JSON file. */
function formOf(value: unknown, where: string): PromptForm {
  if (typeof value === "string") return { text: value };
  if (isRecord(value) && Object.keys(value).length === 1) {
    const { text, instruction } = value;
    if (typeof text === "string") return { text };
    if (typeof instruction === "string") return { instruction };
  }
  throw new InputError(
    `${where}: ${shownJson(value)} is no prompt; expected a text, {"text": …} or {"instruction": …} (docs/prompt-sensitivity.md)`,
  );
}

/** @throws InputError for a name that cannot stand in that of a row */
function requireName(name: string, where: string): void {
  if (documentNames.includes(name) || Object.hasOwn(taskTypes, name)) {
    throw new InputError(
      `${where}: ${name} is a key of a table for \`pramana run --prompts\`; expected prompts by names of your own, each of which ` +
        "is put before queries, or before the texts of tasks that have none",
    );
  }
  if (reserved.includes(name)) {
    throw new InputError(`${where}: ${name} is the name of a row that is there anyway; expected another`);
  }
  if (/^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,39}$/u.test(name)) return;
  throw new InputError(
    `${where}: ${shownJson(name)} cannot be a prompt's name; expected at most 40 letters, digits, dots, dashes and underscores`,
  );
}

/** Reads a file of prompts: a JSON object of them by name, a JSON list, or one a line, as it stands or as a JSON text. */
function parseTried(content: string, path: string): readonly Given[] {
  const where = `--prompts ${path}`;
  if (/^\s*[{[]/.test(content)) {
    const value = parseJson(content, where);
    if (Array.isArray(value)) return value.map((one) => ({ ...formOf(one, where), where }));
    return Object.entries(value as object).map(([name, one]) => {
      requireName(name, where);
      return { ...formOf(one, `${where}: ${name}`), name, where };
    });
  }
  const lines = content.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.map((line) => {
    const text = line.startsWith('"') ? parseJson(line, where) : unescaped(line, where);
    if (typeof text === "string") return { text, where };
    throw new InputError(`${where}: ${line} is no text`);
  });
}

/** Gives those without a name one of their words; of two alike the second a number. */
function named(given: readonly Given[]): readonly (TriedPrompt & { readonly where: string })[] {
  const names = new Set(given.flatMap(({ name }) => name ?? []).concat(reserved));
  return given.map((one) => {
    if (one.name !== undefined) return { ...one, name: one.name };
    const own = nameOf(textOf(one));
    let name = own;
    for (let i = 2; names.has(name); i++) name = `${own}-${i}`;
    names.add(name);
    return { ...one, name };
  });
}

/**
 * Reads the prompts to try.
 * @throws UsageError where there are none
 * @throws InputError for a file that cannot be read, an empty text, two that are equal, and names that a row cannot have
 */
export async function readTried({
  prompt = [],
  instruction = [],
  prompts,
}: TriedChoice): Promise<readonly TriedPrompt[]> {
  const file = prompts === undefined ? [] : parseTried(await readPromptFile(prompts), prompts);
  const given: readonly Given[] = [
    ...prompt.map((text) => ({ text: unescaped(text, "--prompt"), where: "--prompt" })),
    ...instruction.map((text) => ({ instruction: unescaped(text, "--instruction"), where: "--instruction" })),
    ...file,
  ];
  if (given.length === 0 && prompts !== undefined) {
    throw new UsageError(
      `--prompts ${prompts}: it holds no prompt; expected one a line, or a JSON list or object of them`,
    );
  }
  if (given.length === 0) {
    throw new UsageError(
      "prompts: none was given to try; expected --prompt TEXT, which can be repeated, or --prompts FILE; the model's own and " +
        "none are tried beside them",
    );
  }
  const all = named(given);
  const known = new Map<string, string>();
  for (const one of all) {
    const key = JSON.stringify(["text" in one, textOf(one)]);
    const before = known.get(key);
    if (textOf(one) === "")
      throw new InputError(`${one.where}: a prompt is empty; without one is tried by itself, as none`);
    if (before !== undefined) {
      throw new InputError(
        `${one.where}: ${shownJson(textOf(one))} is given twice, as ${before} and ${one.name}; leave one out`,
      );
    }
    known.set(key, one.name);
  }
  return all.map(({ where: _, ...one }) => one);
}

/** What of a text's end would run into the word behind it, in scripts that put blanks between words. */
const wordEnd = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{N}]$/u;

/** Tells of prompts without a blank at their end, which editors and shells take away: their last word becomes one with the text's first. */
export function unspaced(tried: readonly TriedPrompt[]): readonly string[] {
  return tried.flatMap((one) =>
    "text" in one && wordEnd.test(one.text) && !one.text.includes("{text}")
      ? `prompt ${one.name}: ${shownJson(one.text)} has no blank at its end, so that its last word and a text's first become one; ` +
        `${JSON.stringify(`${one.text} `)} keeps them apart`
      : [],
  );
}

async function readPromptFile(path: string): Promise<string> {
  try {
    return await readSmallFile(path, "it", limits.config);
  } catch (error) {
    throw new UsageError(
      `--prompts: ${await whyUnread(path, error)}; expected a file of prompts to try, one a line or JSON; a ` +
        "prompt itself is given as --prompt TEXT",
    );
  }
}
