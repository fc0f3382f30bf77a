import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename, resolve } from "node:path";
import { InputError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { learnedPositionsOf } from "./architectures/index.ts";
import type { Encoder } from "./encoder.ts";
import { type LoadOptions, loadExported, loadWritten } from "./load.ts";
import { marked } from "./marks.ts";
import { createEncoder } from "./onnx-encoder.ts";
import { type Module, readRepository } from "./repository.ts";
import { openTokenizer, type TokenizerSettings } from "./tokenizer.ts";

export interface ModelOptions extends LoadOptions {
  /** Run the repository's own `onnx/model.onnx` instead of a graph written from its weights. */
  readonly exported?: boolean;
}

type FirstModule = Extract<Module, { type: "Transformer" | "StaticEmbedding" }>;

/** Most places (texts × longest text) of a batch. Larger ones leave the processor's cache, smaller ones waste calls. */
export const tokenBudgets = { Transformer: 1024, StaticEmbedding: 32_768 } as const;

/**
 * Loads a sentence-transformers or transformers repository.
 * @throws InputError when the repository or its weights cannot be read or understood
 */
export async function openModel(snapshot: Snapshot, options: ModelOptions): Promise<Encoder> {
  const { device, threads } = options;
  const spec = await readRepository(snapshot);
  const first = firstModule(snapshot.id, spec.modules);
  const tokenizer = await openTokenizer(snapshot, tokenizerSettings(first));
  const load = options.exported ? loadExported : loadWritten;
  const { run, dims, parameters, close } = await load(snapshot, spec.modules, { device, threads });
  const { similarity, prompts, defaultPromptName } = spec;
  const { maxTokens } = tokenizer;
  const facts = { dims, parameters, maxTokens, similarity, prompts, defaultPromptName, precision: "fp32" } as const;
  const { id, revision } = await identify(snapshot);
  const info = { id: options.exported ? marked(id, "onnx") : id, revision, ...facts, device, threads };
  return createEncoder(info, tokenizer, tokenBudgets[first.type], run, close);
}

function firstModule(id: string, modules: readonly Module[]): FirstModule {
  const [first] = modules;
  if (first?.type === "Transformer" || first?.type === "StaticEmbedding") return first;
  throw new InputError(
    `model: ${id} starts with the module ${first?.type}; Transformer or StaticEmbedding was expected`,
  );
}

function tokenizerSettings(module: FirstModule): TokenizerSettings {
  if (module.type === "StaticEmbedding") return { folder: module.folder, specialTokens: false };
  const { folder, config, maxTokens, lowerCase } = module;
  const { max_position_embeddings: maxPositions, pad_token_id: padTokenId } = config;
  const learnedPositions = learnedPositionsOf(config);
  return {
    folder,
    lowerCase,
    specialTokens: true,
    modelType: String(config["model_type"]),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(typeof maxPositions === "number" && maxPositions > 0 ? { maxPositions } : {}),
    ...(learnedPositions === undefined ? {} : { learnedPositions }),
    ...(typeof padTokenId === "number" ? { padTokenId } : {}),
  };
}

/** The model's name and revision; a folder is known by its name and by the hash of what the model is made of. */
async function identify(snapshot: Snapshot): Promise<{ id: string; revision: string }> {
  const { id, revision } = snapshot;
  if (revision !== "local") return { id, revision };
  const files = (await snapshot.files()).filter((file) => /\.(json|safetensors|onnx|txt|model)$/.test(file)).sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0`);
    for await (const chunk of createReadStream(await snapshot.resolve(file))) hash.update(chunk);
  }
  return { id: `local/${basename(resolve(id))}`, revision: hash.digest("hex").slice(0, 40) };
}
