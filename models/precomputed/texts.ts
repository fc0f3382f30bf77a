import { z } from "zod";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { shownJson } from "../../datasets/shown.ts";
import { plainText, readText } from "../../datasets/text-file.ts";
import type { Role } from "../encoder.ts";

/** Rows of texts, some of them for one role alone. */
export interface TextRows {
  readonly count: number;
  find(text: string, role: Role | undefined): number | undefined;
}

const lineSchema = z.union([
  z.string().transform((text) => ({ text, role: undefined })),
  z.strictObject({ text: z.string(), role: z.enum(["query", "document"]).optional() }),
]);

/** Splits a file at line feeds alone: the other line breaks of Unicode may stand in a JSON text. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = "";
  for await (const piece of readText(plainText({ path: file, name: `precomputed: ${file}` }))) {
    const lines = piece.split("\n");
    const last = lines.pop() as string;
    if (lines.length === 0) rest += last;
    else {
      lines[0] = rest + lines[0];
      rest = last;
    }
    if (rest.length > limits.jsonRecord) {
      throw new InputError(`precomputed: ${file}: a line of more than ${limits.jsonRecord / 2 ** 20} Mi characters`);
    }
    yield* lines;
  }
  if (rest !== "") yield rest;
}

/**
 * Reads texts, one to a line: a JSON text, or an object `{ "text", "role" }` whose role is query or document. A text
 * with a role is meant for that role alone.
 * @throws InputError naming file, line and reason; also where a text comes twice
 */
export async function readTexts(file: string): Promise<TextRows> {
  const rows = {
    query: new Map<string, number>(),
    document: new Map<string, number>(),
    any: new Map<string, number>(),
  };
  let count = 0;
  for await (const line of linesOf(file)) {
    const { text, role } = parseLine(line, `${file}, line ${count + 1}`);
    const known = rows[role ?? "any"];
    const first = known.get(text);
    if (first !== undefined) {
      throw new InputError(
        `precomputed: ${file}: lines ${first + 1} and ${count + 1} are the same text; expected each text once for each role`,
      );
    }
    known.set(text, count++);
  }
  return { count, find: (text, role) => (role && rows[role].get(text)) ?? rows.any.get(text) };
}

function parseLine(line: string, place: string): z.infer<typeof lineSchema> {
  const expected = 'expected a JSON text, or {"text": "…", "role": "query"} or "document"';
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new InputError(`precomputed: ${place} is not JSON (${messageOf(error)}); ${expected}`);
  }
  const parsed = lineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InputError(`precomputed: ${place} is ${shownJson(value, 80)}; ${expected}`);
}
