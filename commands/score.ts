import { isRecord } from "../datasets/document.ts";
import { asUsage, UsageError } from "../datasets/errors.ts";
import { parseItems } from "../datasets/json-items.ts";
import { shownJson } from "../datasets/shown.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { findDevice } from "../runners/model/device.ts";
import { type ModelSettings, openModel } from "../runners/model/open-model.ts";
import { type ScoredInput, scoreInput } from "../runners/score.ts";
import { type Input, readInput } from "./read-input.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface ScoreChoice extends ModelSettings {
  readonly model: string;
  readonly prompt?: string;
  readonly input?: string;
  readonly output?: string;
}

/** Scores pairs of a query and a document, or each document for each query. */
export async function score(choice: ScoreChoice, terminal: Terminal): Promise<void> {
  const { input, output, prompt, threads } = choice;
  if (output !== undefined) await requireWritableFile("score", output);
  const scored = parseInput(await readInput("score", input, terminal));
  const world = worldOf(terminal);
  const { device } = await findDevice(choice.device, thisMachine(terminal.env), world.note);
  const [model, kernels] = await openAll([openModel(choice, { ...world, device }), openKernels({ threads })]);
  try {
    const { signal } = terminal;
    const scores = await asUsage(() =>
      scoreInput(model, scored, { kernels, signal, ...(prompt !== undefined && { prompt }) }),
    );
    const json = `[${scores.map((one) => JSON.stringify(one)).join(",\n ")}]\n`;
    if (output === undefined) terminal.out(json);
    else await writeMade("score", output, json);
  } finally {
    await closeAll([model, kernels]);
  }
}

const expected =
  'expected pairs, [["query", "text"], …] or ["query", "text"] on each line, or {"queries": ["…"], "documents": ["…"]}, all of them texts';

const fault = (what: string): UsageError => new UsageError(`score: ${what}; ${expected}`);

const areTexts = (list: unknown): list is string[] =>
  Array.isArray(list) && list.every((text) => typeof text === "string");

const isPair = (value: unknown): value is [string, string] => areTexts(value) && value.length === 2;

/** Parses what is to be scored. @throws UsageError for anything else */
function parseInput({ content, source }: Input): ScoredInput {
  const items = parseItems(content, source, fault, isPair);
  const [first] = items;
  if (items.length === 1 && isRecord(first.value)) return parseSides(first.value, first.place);
  return {
    pairs: items.map(({ value, place }) => {
      if (isPair(value)) return value;
      throw fault(`${place} is ${shownJson(value, 80)}`);
    }),
  };
}

function parseSides({ queries, documents, ...others }: Record<string, unknown>, place: string): ScoredInput {
  const [strange] = Object.keys(others);
  if (strange !== undefined) throw fault(`${place} has the key ${shownJson(strange)}`);
  for (const [name, list] of Object.entries({ queries, documents })) {
    if (list === undefined) throw fault(`${place} lacks ${name}`);
    if (!Array.isArray(list)) throw fault(`${place} has ${shownJson(list, 80)} as ${name}`);
    const wrong = list.findIndex((text) => typeof text !== "string");
    if (wrong >= 0) throw fault(`${place} has ${shownJson(list[wrong], 80)} as item ${wrong + 1} of ${name}`);
  }
  return { queries: queries as string[], documents: documents as string[] };
}
