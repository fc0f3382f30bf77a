import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import type { Role } from "../models/encoder.ts";
import type { Matrix } from "../models/matrix.ts";
import type { Model } from "../models/model.ts";
import { namedPrompt } from "../models/prompts/prompts.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { findDevice } from "../runners/model/device.ts";
import { type ModelSettings, openModel, requireVectors } from "../runners/model/open-model.ts";
import { roleAdapter, rolePrompt } from "../runners/model/prompts.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface EmbedChoice extends ModelSettings {
  readonly model: string;
  readonly promptName?: string;
  readonly prompt?: string;
  readonly role?: Role;
  readonly adapter?: string;
  readonly input?: string;
  readonly output?: string;
}

/** Turns a JSON array of texts into a JSON array of vectors, or of lists of vectors, one for each token. */
export async function embed(choice: EmbedChoice, terminal: Terminal): Promise<void> {
  const { input, output } = choice;
  if (output !== undefined) await requireWritableFile("embed", output);
  const source = input ?? "standard input";
  const texts = parseTexts(input === undefined ? await terminal.readInput() : await readText(input), source);
  const { device } = await findDevice(choice.device, thisMachine(terminal.env));
  const model = await openModel(choice, { ...worldOf(terminal), device });
  try {
    const lines = await linesOf(model, texts, choice, terminal.signal);
    const json = `[${lines.join(",\n ")}]\n`;
    if (output === undefined) terminal.out(json);
    else await writeMade("embed", output, json);
  } finally {
    await model.close();
  }
}

/** Returns the vector of each text as JSON, or the list of its tokens' vectors. */
async function linesOf(
  model: Model,
  texts: readonly string[],
  { promptName, prompt, role, adapter }: EmbedChoice,
  signal: AbortSignal,
): Promise<string[]> {
  const makesVectors = model.kind === "vectors" || model.kind === "late-interaction";
  const { info } = makesVectors ? model : requireVectors(model);
  const named = await asUsage(() => (promptName === undefined ? undefined : namedPrompt(info, promptName)));
  const adapted = await asUsage(() => roleAdapter(info, adapter, role));
  const options = { prompt: prompt ?? named ?? rolePrompt(info, role), ...(role && { role }), signal };
  if (model.kind === "late-interaction") {
    const { vectors, starts } = await model.encode(texts, options);
    return texts.map((_, i) => JSON.stringify(rowsOf(vectors, starts[i], starts[i + 1])));
  }
  const vectors = await requireVectors(model).encode(texts, { ...options, ...adapted });
  return rowsOf(vectors, 0, vectors.rows).map((row) => JSON.stringify(row));
}

/** Returns rows `start` to before `end`. */
const rowsOf = ({ data, dims }: Matrix, start: number, end: number): number[][] =>
  Array.from({ length: end - start }, (_, i) => [...data.subarray((start + i) * dims, (start + i + 1) * dims)]);

async function readText(path: string): Promise<string> {
  try {
    return await readSmallFile(path, "it", limits.texts);
  } catch (error) {
    throw new UsageError(`embed: ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** Parses a JSON array of texts. @throws UsageError for anything else */
function parseTexts(json: string, source: string): string[] {
  const expected = 'a JSON array of texts was expected, such as ["a text", "another"]';
  let texts: unknown;
  try {
    texts = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`embed: ${source} is not JSON (${messageOf(error)}); ${expected}`);
  }
  if (!Array.isArray(texts)) throw new UsageError(`embed: ${source} holds ${typeof texts}; ${expected}`);
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0) {
    throw new UsageError(`embed: item ${wrong} of ${source} is ${JSON.stringify(texts[wrong])}; ${expected}`);
  }
  return texts;
}
