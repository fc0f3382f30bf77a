import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { encoderOf, type ModelFacts, modelKinds } from "../../models/model.ts";
import { finiteOrNull, parseJson } from "./json.ts";

/** Name of a model's description among its results. */
export const metaFile = "model_meta.json";

const bytesPerWeight = { fp32: 4, fp16: 2, bf16: 2, int8: 1, unknown: Number.NaN } as const;
/** mteb's words for the framework of models that do not run here, by their device. */
const frameworks: Readonly<Record<string, readonly string[]>> = { remote: ["API"], precomputed: [] };
const bytesPerMegabyte = 2 ** 20;

/**
 * Makes the contents of `model_meta.json` as mteb loads it. Unknown values are null, as mteb has it; so are similarities
 * (euclidean, manhattan) and token limits (none) that it would refuse. The weights' memory is in MiB.
 */
export function toModelMeta(model: ModelFacts): Record<string, unknown> {
  const { kind, info } = model;
  const { dims = null, similarity = null, prompts = {}, instruct } = encoderOf(model) ?? {};
  const tokens = model.kind === "late-interaction" ? model.info : undefined;
  const { metaTypes } = modelKinds[kind];
  const memory = (info.parameters * bytesPerWeight[info.precision]) / bytesPerMegabyte;
  const isOurs = frameworks[info.device] === undefined;
  return {
    name: info.id,
    revision: info.revision,
    release_date: null,
    languages: null,
    n_parameters: finiteOrNull(info.parameters),
    memory_usage_mb: finiteOrNull(Math.round(memory)),
    max_tokens: finiteOrNull(info.maxTokens),
    embed_dim: tokens?.dims ?? dims,
    license: null,
    // We cannot know whether the weights behind an address or a folder of vectors are open.
    open_weights: isOurs ? true : null,
    public_training_code: null,
    public_training_data: null,
    framework: kind === "lexical" ? [] : (frameworks[info.device] ?? ["ONNX"]),
    reference: null,
    // mteb has one name for the sum and the mean.
    similarity_fn_name: tokens ? "MaxSim" : similarity === "cosine" || similarity === "dot" ? similarity : null,
    use_instructions:
      instruct !== undefined || Object.values(tokens?.prompts ?? prompts).some((prompt) => prompt !== ""),
    training_datasets: null,
    adapted_from: null,
    superseded_by: null,
    modalities: ["text"],
    ...(metaTypes.length === 0 ? {} : { model_type: metaTypes }),
    loader: null,
  };
}

/** Facts about a model that tables show; null where unknown. */
export interface ModelDescription {
  /** `organisation/name`. */
  readonly model: string;
  readonly parameters: number | null;
  /** Length of its vectors; the largest where it has a choice. */
  readonly dimensions: number | null;
  /** Longest input, in tokens. */
  readonly maxTokens: number | null;
  /** Its licence, by its name or its address. */
  readonly licence?: string;
}

const amount = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) && value > 0 ? value : null;

/** Reads a licence; mteb calls one "not specified" that it does not know. */
const licenceIn = (value: unknown): Pick<ModelDescription, "licence"> =>
  typeof value === "string" && value !== "" && value !== "not specified" ? { licence: value } : {};

/**
 * Reads the text of a `model_meta.json`, ours or mteb's. A value that is not a number above 0 counts as unknown; of
 * several dimensions the largest is taken, as in mteb's tables.
 *
 * @param source What an error message calls the text, such as a file name.
 * @throws InputError where the text is damaged or holds no name.
 */
export function parseModelMeta(text: string, source: string): ModelDescription {
  const data = parseJson(text, source);
  const model = isRecord(data) ? data["name"] : undefined;
  if (!isRecord(data) || typeof model !== "string" || model === "") {
    throw new InputError(`${source}: no name in it; expected a text under "name"; delete the file or make it again`);
  }
  const dimensions = [data["embed_dim"]].flat().map(amount);
  return {
    model,
    parameters: amount(data["n_parameters"]),
    dimensions: dimensions.reduce((most, one) => (one !== null && one > (most ?? 0) ? one : most), null),
    maxTokens: amount(data["max_tokens"]),
    ...licenceIn(data["license"]),
  };
}
