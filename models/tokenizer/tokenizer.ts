import { type EncodeOptions, type JsEncoding, Tokenizer as RustTokenizer } from "@anush008/tokenizers";
import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError, messageOf } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { checkTemplates } from "./templates.ts";
import { asConfigured, lowerCased, specialToken, specialTokens, type TokenizerFiles } from "./tokenizer-classes.ts";

/** A text, or a pair of texts that a model reads as one input. */
export type TextInput = string | readonly [first: string, second: string];

/** Token ids of an input, special tokens among them. */
export interface Tokens {
  readonly ids: Int32Array;
  /** 0 for a token of the first text, 1 for one of the second, [ids.length]; absent for a single text. */
  readonly types?: Int32Array;
}

/** Turns inputs into token ids, with the model's special tokens and within its limit. */
export interface Tokenizer {
  /** Longest input in tokens, special tokens counted; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Id that pads the shorter rows of a batch. */
  readonly padId: number;
  /**
   * Tokenizes inputs, cut to `maxTokens` with special tokens in place; of a pair the longer text is cut first. Works
   * off the calling thread.
   */
  encode(inputs: readonly TextInput[]): Promise<Tokens[]>;
  /**
   * Counts the tokens that a prompt takes at the start of an input, without a special token that would close it
   * (sentence-transformers, Transformer._get_prompt_length).
   */
  promptLength(prompt: string): Promise<number>;
}

export interface TokenizerSettings {
  /** Folder of the tokenizer's files in the repository. */
  readonly folder: string;
  /** Limit that the user or the repository sets; without one the tokenizer's own holds, capped by `maxPositions`. */
  readonly maxTokens?: number | undefined;
  /** Number of positions that the model was made for. */
  readonly maxPositions?: number | undefined;
  /** Number of positions for which the model has embeddings, which no limit can exceed. */
  readonly learnedPositions?: number | undefined;
  /** Lower-cases texts first. */
  readonly lowerCase?: boolean;
  /** False for a static embedding, which takes the bare tokens. */
  readonly specialTokens: boolean;
  /** `model_type` of `config.json`. */
  readonly modelType?: string;
  /** `pad_token_id` of `config.json`, for a tokenizer that names no padding token. */
  readonly padTokenId?: number | undefined;
}

/**
 * Opens `tokenizer.json`, set up as by its class in transformers, with `tokenizer_config.json` and
 * `special_tokens_map.json`.
 * @throws InputError when a file is missing or damaged, or there is no padding token
 */
export async function openTokenizer(snapshot: Snapshot, settings: TokenizerSettings): Promise<Tokenizer> {
  const files = await readFiles(snapshot, settings);
  const place = `${snapshot.id}/${inFolder(settings, "tokenizer.json")}`;
  try {
    const configured = asConfigured(files);
    const definition = settings.lowerCase ? lowerCased(configured) : configured;
    checkTemplates(definition);
    const rust = RustTokenizer.fromString(JSON.stringify({ ...definition, truncation: null, padding: null }));
    return await toTokenizer(rust, files, snapshot.id, settings);
  } catch (error) {
    if (error instanceof InputError && error.message.startsWith("model: ")) throw error;
    throw new InputError(`model: ${place} cannot be used: ${messageOf(error)}`);
  }
}

const inFolder = ({ folder }: Pick<TokenizerSettings, "folder">, name: string): string =>
  folder === "" ? name : `${folder}/${name}`;

async function readFiles(snapshot: Snapshot, settings: TokenizerSettings): Promise<TokenizerFiles> {
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const path = inFolder(settings, name);
    if (!(await snapshot.has(path))) return {};
    const subject = `model: ${snapshot.id}/${path}`;
    const limit = name === "tokenizer.json" ? limits.tokenizer : limits.config;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limit);
    const damaged = (reason: string): InputError => new InputError(`${subject} is damaged: ${reason}; fetch it again`);
    const value = parseDocument(text, subject, damaged);
    if (isRecord(value)) return value;
    throw damaged(`it is ${shown(value)}, expected an object`);
  };
  const path = inFolder(settings, "tokenizer.json");
  if (!(await snapshot.has(path))) {
    throw new InputError(
      `model: ${snapshot.id} has no ${path}; only fast tokenizers are read (convert it with AutoTokenizer.save_pretrained)`,
    );
  }
  // A static embedding is read with this one file (static_embedding.py of sentence-transformers).
  if (!settings.specialTokens) return { definition: await read("tokenizer.json"), config: {}, specials: {} };
  return {
    definition: await read("tokenizer.json"),
    config: await read("tokenizer_config.json"),
    specials: await read("special_tokens_map.json"),
    modelType: settings.modelType,
  };
}

async function toTokenizer(
  rust: RustTokenizer,
  files: TokenizerFiles,
  id: string,
  settings: TokenizerSettings,
): Promise<Tokenizer> {
  const encode = async (inputs: readonly TextInput[]): Promise<Tokens[]> => {
    const encodings = await encodeAll(rust, inputs, { addSpecialTokens: settings.specialTokens }).catch(
      (error: unknown) => {
        throw new InputError(
          `model: ${id}: its tokenizer.json cannot encode a text: ${messageOf(error)}; fetch it again`,
        );
      },
    );
    return encodings.map((encoding, i) => {
      const ids = Int32Array.from(encoding.getIds());
      return typeof inputs[i] === "string" ? { ids } : { ids, types: Int32Array.from(encoding.getTypeIds()) };
    });
  };
  const idsOf = async (text: string): Promise<Int32Array> => (await encode([text]))[0].ids;
  if (!settings.specialTokens) {
    const promptLength = async (prompt: string): Promise<number> => (await idsOf(prompt)).length;
    return { maxTokens: Number.POSITIVE_INFINITY, padId: 0, encode, promptLength };
  }
  const ends = await idsOf("");
  const maxTokens = limit(files.config, settings);
  if (maxTokens < ends.length + 1)
    throw new InputError(`model: ${id} takes ${maxTokens} tokens, of which ${ends.length} are special ones`);
  if (Number.isFinite(maxTokens)) rust.setTruncation(maxTokens, { direction: truncationSide(files) });
  // These are found in a text as they are, even where tokenizer.json holds them as plain entries of its vocabulary.
  const special = specialTokens(files).filter((token) => rust.tokenToId(token) !== null);
  rust.addSpecialTokens(special);
  const specialIds = special.map((token) => rust.tokenToId(token));
  return {
    maxTokens,
    padId: padIdOf(rust, files, id, settings),
    encode,
    promptLength: async (prompt) => {
      const ids = await idsOf(prompt);
      return specialIds.includes(ids.at(-1) ?? null) ? ids.length - 1 : ids.length;
    },
  };
}

/** Encodes texts as one batch, and pairs one by one, as the library takes them. */
function encodeAll(rust: RustTokenizer, inputs: readonly TextInput[], options: EncodeOptions): Promise<JsEncoding[]> {
  const texts = inputs.filter((input) => typeof input === "string");
  if (texts.length === inputs.length) return rust.encodeBatch(texts, options);
  return Promise.all(inputs.map((input) => rust.encode(...pairOf(input), options)));
}

const pairOf = (input: TextInput): [string, string | null] => (typeof input === "string" ? [input, null] : [...input]);

/** Returns the config's side, or as transformers does where it names none, that of the stored truncation. */
function truncationSide({ config, definition }: TokenizerFiles): "left" | "right" {
  const stored = (definition["truncation"] as { direction?: string } | null | undefined)?.direction;
  return String(config["truncation_side"] ?? stored).toLowerCase() === "left" ? "left" : "right";
}

/** Returns the id of the padding token, without which the reference, too, refuses to encode even one text. */
function padIdOf(
  rust: RustTokenizer,
  files: TokenizerFiles,
  id: string,
  { folder, padTokenId }: TokenizerSettings,
): number {
  const token = specialToken(files, "pad_token");
  const named = token === null ? null : rust.tokenToId(token);
  if (named !== null) return named;
  if (padTokenId !== undefined && padTokenId >= 0) return padTokenId;
  const path = inFolder({ folder }, "tokenizer_config.json");
  const fault = token === null ? "names no padding token" : `names the padding token ${token}, which is no token of it`;
  throw new InputError(
    `model: the tokenizer of ${id} ${fault}; write one into a copy's ${path} ("pad_token": the end-of-text token serves, padding is masked)`,
  );
}

function limit(
  config: Readonly<Record<string, unknown>>,
  { maxTokens, maxPositions, learnedPositions }: TokenizerSettings,
): number {
  const none = Number.POSITIVE_INFINITY;
  const own = config["model_max_length"];
  // Tokenizers without a limit store a number near 1e30.
  const byTokenizer = typeof own === "number" && own < 1e15 ? own : none;
  const wanted = maxTokens ?? Math.min(byTokenizer, maxPositions ?? none);
  return Math.min(wanted, learnedPositions ?? none);
}
