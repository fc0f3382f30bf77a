import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import type { TaskAdapters } from "../encoder.ts";
import { familyTypeOf, isKnownClass, ownClassOf } from "../repository/config.ts";
import { exportedFile } from "../repository/weights.ts";
import { albert } from "./albert.ts";
import type { Architecture, OwnModule } from "./architecture.ts";
import { bert } from "./bert.ts";
import { bloom } from "./bloom.ts";
import { deberta } from "./deberta.ts";
import { debertaV2 } from "./deberta-v2.ts";
import { distilbert } from "./distilbert.ts";
import { electra } from "./electra.ts";
import { ernie } from "./ernie.ts";
import { eurobert } from "./eurobert.ts";
import { gemma } from "./gemma.ts";
import { gemma2 } from "./gemma2.ts";
import { gemma3 } from "./gemma3.ts";
import { gptNeo } from "./gpt-neo.ts";
import { gptNeox } from "./gpt-neox.ts";
import { granite } from "./granite.ts";
import { gte } from "./gte.ts";
import { jinaBertV2 } from "./jina-bert-v2.ts";
import { jinaEmbeddingsV3 } from "./jina-embeddings-v3.ts";
import { jinaEmbeddingsV5 } from "./jina-embeddings-v5.ts";
import { lfm2 } from "./lfm2.ts";
import { llama } from "./llama.ts";
import { ministral3 } from "./ministral3.ts";
import { mistral } from "./mistral.ts";
import { modernbert } from "./modernbert.ts";
import { mpnet } from "./mpnet.ts";
import { nomicBert } from "./nomic-bert.ts";
import { nvEmbed } from "./nv-embed.ts";
import { olmo3 } from "./olmo3.ts";
import { phi3 } from "./phi3.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";
import { qwen35 } from "./qwen3-5.ts";
import { roberta } from "./roberta.ts";
import { roformer } from "./roformer.ts";
import { mt5, t5, umt5 } from "./t5.ts";
import { xlmRobertaXl } from "./xlm-roberta-xl.ts";

/** All families whose graphs are written here. */
const architectures: readonly Architecture[] = Object.freeze([
  albert,
  bert,
  bloom,
  deberta,
  debertaV2,
  distilbert,
  electra,
  ernie,
  eurobert,
  gemma,
  gemma2,
  gemma3,
  gptNeo,
  gptNeox,
  granite,
  gte,
  jinaBertV2,
  jinaEmbeddingsV3,
  jinaEmbeddingsV5,
  lfm2,
  llama,
  ministral3,
  mistral,
  modernbert,
  mpnet,
  mt5,
  olmo3,
  phi3,
  nomicBert,
  nvEmbed,
  qwen2,
  qwen3,
  qwen35,
  roberta,
  roformer,
  t5,
  umt5,
  xlmRobertaXl,
]);

/** Values of `model_type` whose family is known. */
export const supportedModelTypes: readonly string[] = architectures.flatMap(({ modelTypes }) => modelTypes);

const familyOf = (config: Readonly<Record<string, unknown>>): Architecture | undefined =>
  architectures.find(({ modelTypes }) => modelTypes.includes(familyTypeOf(config)));

/** Returns the longest input for which a model has position embeddings; undefined where it has none, or is unknown. */
export function learnedPositionsOf(config: Readonly<Record<string, unknown>>): number | undefined {
  const positions = familyOf(config)?.learnedPositions?.(config);
  return positions !== undefined && positions > 0 ? positions : undefined;
}

/** Returns the adapters of a model of which a batch has one; undefined where it has none. */
export const adaptersOf = (config: Readonly<Record<string, unknown>>): TaskAdapters | undefined =>
  familyOf(config)?.adapters?.(config);

/** Returns the first module that repositories of a config's family bring, where its code is known. */
export const ownModuleOf = (config: Readonly<Record<string, unknown>>): OwnModule | undefined =>
  isKnownClass(ownClassOf(config)) ? familyOf(config)?.module : undefined;

/** Tells whether only a family's own module (`ownModuleOf`) loads the adapters of a model. */
export const loadsAdaptersItself = (config: Readonly<Record<string, unknown>>): boolean =>
  familyOf(config)?.module?.adaptersIn !== undefined;

/** Tells whether a model's own code puts the end token behind each text. */
export const addsEndToken = (config: Readonly<Record<string, unknown>>): boolean =>
  familyOf(config)?.addsEndToken?.(config) ?? false;

/**
 * Finds the family of a `config.json`.
 * @param exportable `takesExported`, which decides on the way out that the error names.
 * @throws InputError listing the families there are
 */
export function architectureOf(id: string, config: Readonly<Record<string, unknown>>, exportable = true): Architecture {
  const found = familyOf(config);
  if (found) return found;
  const { model_type: type } = config;
  const fault =
    typeof type === "string"
      ? `is of the type ${type}${didYouMean(type, supportedModelTypes)}`
      : "has no model_type in its config.json";
  const wayOut = exportable ? `where the repository ships ${exportedFile}, --onnx runs that` : "choose one of these";
  throw new InputError(
    `model: ${id} ${fault}; its graph can be written for ${supportedModelTypes.join(", ")}; ${wayOut}`,
  );
}
