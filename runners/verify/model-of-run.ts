import { isFolder } from "../../datasets/folder.ts";
import { isAddress } from "../../models/endpoint/address.ts";
import { partsOfName } from "../../models/naming.ts";
import { repositoryKinds } from "../../models/repository/kind.ts";
import type { ConfigValues } from "../../models/repository/known-configs.ts";
import { precisions } from "../../models/runtime/precision.ts";
import { quantizations } from "../../models/variants/quantization.ts";
import { learnerBackends } from "../../tasks/task.ts";
import type { MeasureChoice } from "../measure.ts";
import { precomputedFolder } from "../model/adapters.ts";

/** What the name of a row says of the way it was run. */
type NamedChoice = Omit<MeasureChoice, "device" | "threads" | "results">;

/** Returns what an option calls a model of the program's own by its name in results; other names as they are. */
const optionOf = (name: string): string => (name === "pramana/bm25" ? "bm25" : name);

/** Reads what a mark says; nothing where it says nothing that is known. */
type MarkReader = (value: string) => Partial<NamedChoice> | undefined;

const named =
  <Key extends keyof NamedChoice>(key: Key, names: readonly NamedChoice[Key][]): MarkReader =>
  (value) =>
    (names as readonly unknown[]).includes(value) ? { [key]: value } : undefined;

const counted =
  (key: "maxTokens" | "limit" | "topK" | "dimensions"): MarkReader =>
  (value) =>
    /^\d+$/.test(value) ? { [key]: Number(value) } : undefined;

/** Reads a value that was put over one of the model's config. */
const configured =
  (key: string): MarkReader =>
  (value) => {
    const isPlain = /^(?:true|false|null|-?\d+(?:\.\d+)?)$/.test(value);
    return { modelConfig: { [key]: isPlain ? (JSON.parse(value) as ConfigValues[string]) : value } };
  };

/** What marks of a row's name say, by the part before their sign of equality. */
const readers: Readonly<Record<string, MarkReader>> = {
  precision: named("precision", precisions),
  kind: named("kind", repositoryKinds),
  estimator: named("estimator", learnerBackends),
  ...Object.fromEntries(quantizations.map((name) => [name, () => ({ quantize: name })])),
  onnx: () => ({ onnx: true }),
  maxTokens: counted("maxTokens"),
  limit: counted("limit"),
  "top-k": counted("topK"),
  "first-stage": (name) => ({ firstStage: optionOf(name) }),
  is_causal: configured("is_causal"),
  use_bidirectional_attention: configured("use_bidirectional_attention"),
  sliding_window: configured("sliding_window"),
  model_type: configured("model_type"),
  // What these say is told otherwise: by the model that is named, and by the record of each task.
  endpoint: () => ({}),
  precomputed: () => ({}),
  prompts: () => ({}),
  corpora: (value) => (value === "whole" ? {} : undefined),
};

/** Reads a mark. Nothing for one that no option makes. */
function choiceOfMark(mark: string): Partial<NamedChoice> | undefined {
  const [, key = mark, value = ""] = /^([^=]+)=(.*)$/.exec(mark) ?? [];
  return Object.hasOwn(readers, key) ? readers[key]?.(value) : undefined;
}

/** How a run's model is opened again; `prompts` is the name of those that the user gave. */
export interface RunModel {
  readonly choice: NamedChoice;
  readonly prompts?: string;
}

/**
 * Says how the model of a stored run is opened again, by its name in results; a text says why that cannot be told. Whoever
 * opens it compares the name that it then has.
 *
 * @param place Where the model lies, in place of what its name says.
 */
export async function modelOfRun(
  name: string,
  revision: string,
  place: string | undefined,
): Promise<RunModel | string> {
  const { model, marks } = partsOfName(name);
  if (model.includes("+") || marks.includes("fusion=")) return "it is the fused rankings of several models";
  const [query, document, ...more] = model.split("→");
  if (more.length > 0 || marks.includes("→")) return "it is a pair of models with settings of their own";
  const [, dims] = /@(\d+)d/.exec(marks) ?? [];
  const said = [...marks.matchAll(/\[([^\]]*)\]/g)].flatMap(([, list]) => list.split(","));
  const read = said.map(choiceOfMark);
  const unknown = read.indexOf(undefined);
  if (unknown >= 0) return `its name says "${said[unknown]}", which no option asks for`;
  const modelConfig = Object.assign({}, ...read.map((one) => one?.modelConfig)) as ConfigValues;
  const choice: NamedChoice = {
    ...{ estimator: "official", cache: false },
    ...Object.assign({}, ...read),
    ...(Object.keys(modelConfig).length > 0 && { modelConfig }),
    ...(dims !== undefined && { dimensions: Number(dims) }),
  };
  const [, prompts] = /[[,]prompts=([^\],]*)/.exec(marks) ?? [];
  const run = { choice, ...(prompts === undefined ? {} : { prompts }) };
  if (document !== undefined) {
    if (place !== undefined) return "it is a pair of models, and --model names one";
    return { ...run, choice: { ...choice, queryModel: query, documentModel: document } };
  }
  const opened = await opening(model, said, revision, place);
  return typeof opened === "string" ? opened : { ...run, choice: { ...choice, ...opened } };
}

/** Says what is opened for a model's name without marks. */
async function opening(
  model: string,
  said: readonly string[],
  revision: string,
  place: string | undefined,
): Promise<Pick<NamedChoice, "model" | "name" | "revision"> | string> {
  const [owner] = model.split("/");
  if (optionOf(model) !== model) return { model: optionOf(model) };
  const isElsewhere = said.includes("endpoint") || owner === "endpoint";
  if (place === undefined) {
    if (isElsewhere) return "it ran behind an address, which results do not name whole; give --model ADDRESS#NAME";
    if (said.includes("precomputed") || owner === "precomputed") {
      return "its vectors were made elsewhere; give --model precomputed:FOLDER";
    }
    return owner === "local" ? "its files lie in a folder; give --model FOLDER" : { model, revision };
  }
  const isNamed = owner !== "local" && owner !== "endpoint" && owner !== "precomputed";
  const isOwn = isAddress(place) || precomputedFolder(place) !== undefined || (await isFolder(place));
  if (!isOwn) return { model: place, revision };
  return isNamed ? { model: place, name: model, revision } : { model: place };
}
