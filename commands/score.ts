import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { closeAll, openAll } from "../models/runtime/open-all.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { findDevice } from "../runners/model/device.ts";
import { type ModelSettings, openModel } from "../runners/model/open-model.ts";
import { type ScoredInput, scoreInput } from "../runners/score.ts";
import { readTexts } from "./read-texts.ts";
import { type Terminal, worldOf } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

export interface ScoreChoice extends ModelSettings {
  readonly model: string;
  readonly prompt?: string;
  readonly input: string;
  readonly output?: string;
}

/** Scores pairs of a query and a document, or each document for each query. */
export async function score(choice: ScoreChoice, terminal: Terminal): Promise<void> {
  const { input, output, prompt, threads } = choice;
  if (output !== undefined) await requireWritableFile("score", output);
  const scored = parseInput(await readTexts("score", input), input);
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

const expected = 'expected pairs, [["query", "text"], …], or {"queries": ["…"], "documents": ["…"]}, all of them texts';

/** Parses what is to be scored. @throws UsageError for anything else */
function parseInput(json: string, source: string): ScoredInput {
  const fault = (what: string): UsageError => new UsageError(`score: ${source} ${what}; ${expected}`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw fault(`is not JSON (${messageOf(error)})`);
  }
  const areTexts = (list: unknown): list is string[] =>
    Array.isArray(list) && list.every((text) => typeof text === "string");
  if (Array.isArray(value)) {
    const wrong = value.findIndex((pair) => !areTexts(pair) || pair.length !== 2);
    if (wrong >= 0) throw fault(`has ${JSON.stringify(value[wrong])?.slice(0, 200)} as item ${wrong}`);
    return { pairs: value as [string, string][] };
  }
  const { queries, documents, ...others } = Object(value) as Record<string, unknown>;
  const [strange] = Object.keys(others);
  if (strange !== undefined) throw fault(`has the key ${JSON.stringify(strange)}`);
  if (!areTexts(queries) || !areTexts(documents)) throw fault("lacks queries or documents");
  return { queries, documents };
}
