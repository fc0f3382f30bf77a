import { asUsage, UsageError } from "../datasets/errors.ts";
import { parseItems } from "../datasets/json-items.ts";
import { shownJson } from "../datasets/shown.ts";
import type { EncodeOptions, Encoder, Role } from "../models/encoder.ts";
import type { LateInteraction } from "../models/late-interaction.ts";
import { rowLists } from "../models/matrix.ts";
import { namedPrompt } from "../models/prompts/prompts.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import type { SparseEncoder } from "../models/sparse-encoder.ts";
import { sparseRow } from "../models/sparse-matrix.ts";
import { findDevice } from "../runners/model/device.ts";
import { type ModelSettings, openTextEncoder } from "../runners/model/open-model.ts";
import { roleAdapter, rolePrompt } from "../runners/model/prompts.ts";
import { type Input, readInput } from "./read-input.ts";
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

/** Turns a JSON array of texts, or JSON lines, into a JSON array of vectors, dense or sparse, or of lists of vectors, one for each token. */
export async function embed(choice: EmbedChoice, terminal: Terminal): Promise<void> {
  const { input, output, promptName, role, adapter } = choice;
  if (output !== undefined) await requireWritableFile("embed", output);
  const texts = parseTexts(await readInput("embed", input, terminal));
  const world = worldOf(terminal);
  const { device } = await findDevice(choice.device, thisMachine(terminal.env), world.note);
  const encoder = await openTextEncoder(choice, { ...world, device });
  try {
    const named = await asUsage(() => (promptName === undefined ? undefined : namedPrompt(encoder.info, promptName)));
    const adapted = await asUsage(() => roleAdapter(encoder.info, adapter, role));
    const lines = await encodeLines(encoder, texts, {
      prompt: choice.prompt ?? named ?? rolePrompt(encoder.info, role),
      ...adapted,
      ...(role === undefined ? {} : { role }),
      signal: terminal.signal,
    });
    const json = `[${lines.join(",\n ")}]\n`;
    if (output === undefined) terminal.out(json);
    else await writeMade("embed", output, json);
  } finally {
    await encoder.close();
  }
}

/**
 * Returns each text's vector as JSON: a list of its values, of a sparse one those that are not 0 and their indices; of
 * late interaction the list of its tokens' vectors.
 */
async function encodeLines(
  encoder: Encoder | SparseEncoder | LateInteraction,
  texts: readonly string[],
  options: EncodeOptions,
): Promise<string[]> {
  switch (encoder.kind) {
    case "vectors": {
      const vectors = await encoder.encode(texts, options);
      return rowLists(vectors, 0, vectors.rows).map((row) => JSON.stringify(row));
    }
    case "sparse": {
      const made = await encoder.encode(texts, options);
      return texts.map((_, row) => {
        const { indices, values } = sparseRow(made, row);
        return JSON.stringify({ indices: [...indices], values: [...values] });
      });
    }
    case "late-interaction": {
      const { vectors, starts } = await encoder.encode(texts, options);
      return texts.map((_, i) => JSON.stringify(rowLists(vectors, starts[i], starts[i + 1])));
    }
    default:
      return encoder satisfies never;
  }
}

const expected = 'expected a JSON array of texts, ["a text", "another"], or a JSON text on each line';

const fault = (what: string): UsageError => new UsageError(`embed: ${what}; ${expected}`);

/** Parses the texts of a JSON array or of JSON lines. @throws UsageError for anything else */
const parseTexts = ({ content, source }: Input): string[] =>
  parseItems(content, source, fault).map(({ value, place }) => {
    if (typeof value === "string") return value;
    throw fault(`${place} is ${shownJson(value, 80)}`);
  });
