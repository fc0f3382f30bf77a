import { readFile } from "node:fs/promises";
import { Tokenizer as HubTokenizer } from "@huggingface/tokenizers";
import { InputError, messageOf } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";

/** Texts to token ids, with the model's special tokens and its limit. */
export interface Tokenizer {
  /** Longest input in tokens, special tokens counted; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Id that fills up shorter rows of a batch. */
  readonly padId: number;
  /** Token ids of a text, cut to `maxTokens`, special tokens in place. */
  encode(text: string): Int32Array;
  /**
   * Number of tokens that a prompt takes at the start of an input: a special token that would close it is not counted
   * (sentence-transformers, Transformer._get_prompt_length).
   */
  promptLength(prompt: string): number;
}

export interface TokenizerSettings {
  /** Folder of the tokenizer's files in the repository. */
  readonly folder: string;
  /** Limit that the repository sets; without one the tokenizer's own holds, capped by `maxPositions`. */
  readonly maxTokens?: number;
  /** Number of positions that the model knows. */
  readonly maxPositions?: number;
  /** Lower-case the text first. */
  readonly lowerCase?: boolean;
  /** A static embedding takes the bare tokens. */
  readonly specialTokens: boolean;
}

/**
 * Opens `tokenizer.json` and `tokenizer_config.json`.
 * @throws InputError when a file is missing, damaged, or holds a part that the tokenizer library does not know
 */
export async function openTokenizer(snapshot: Snapshot, settings: TokenizerSettings): Promise<Tokenizer> {
  const files = new Set(await snapshot.files());
  const path = (name: string): string => (settings.folder === "" ? name : `${settings.folder}/${name}`);
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const text = await readFile(await snapshot.resolve(path(name)), "utf8");
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new InputError(`model: ${snapshot.id}/${path(name)} is damaged: ${messageOf(error)}; fetch it again`);
    }
  };
  if (!files.has(path("tokenizer.json"))) {
    throw new InputError(
      `model: ${snapshot.id} has no ${path("tokenizer.json")}; only fast tokenizers are read (convert it with AutoTokenizer.save_pretrained)`,
    );
  }
  const definition = await read("tokenizer.json");
  const config = files.has(path("tokenizer_config.json")) ? await read("tokenizer_config.json") : {};
  try {
    const adjusted = withConfiguredCase(definition, config);
    const lowers = settings.lowerCase === true || lowersCase(adjusted["normalizer"]);
    return toTokenizer(new HubTokenizer(adjusted, config), config, settings, lowers);
  } catch (error) {
    throw new InputError(`model: ${snapshot.id}/${path("tokenizer.json")} cannot be used: ${messageOf(error)}`);
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Tokenizer classes of transformers (4.57) that set up BERT's normalizer from their own arguments. */
const bertClasses =
  /^(Bert|DistilBert|Electra|MPNet|MobileBert|ConvBert|Funnel|LayoutLM|Lxmert|Splinter)Tokenizer(Fast)?$/;

/**
 * BERT's tokenizer classes put their arguments (from `tokenizer_config.json`, or the class's defaults) over the
 * normalizer that `tokenizer.json` holds.
 */
function withConfiguredCase(definition: Json, config: Json): Json {
  const normalizer = definition["normalizer"] as Json | null | undefined;
  if (normalizer?.["type"] !== "BertNormalizer") return definition;
  if (!bertClasses.test(String(config["tokenizer_class"] ?? "BertTokenizer"))) return definition;
  const own = {
    lowercase: config["do_lower_case"] ?? true,
    strip_accents: config["strip_accents"] ?? null,
    handle_chinese_chars: config["tokenize_chinese_chars"] ?? true,
  };
  return { ...definition, normalizer: { ...normalizer, ...own } };
}

function lowersCase(normalizer: unknown): boolean {
  if (typeof normalizer !== "object" || normalizer === null) return false;
  const { type, lowercase, normalizers } = normalizer as Json;
  if (Array.isArray(normalizers)) return normalizers.some(lowersCase);
  return type === "Lowercase" || (type === "BertNormalizer" && lowercase === true);
}

function toTokenizer(tokenizer: HubTokenizer, config: Json, settings: TokenizerSettings, lowers: boolean): Tokenizer {
  const bare = (text: string): number[] => {
    // The reference lowers each letter by itself; JavaScript lowers a sigma at a word's end to another letter.
    const safe = lowers ? text.replaceAll("Σ", "σ") : text;
    return tokenizer.encode(settings.lowerCase ? safe.toLowerCase() : safe, { add_special_tokens: false }).ids;
  };
  const { before, after } = settings.specialTokens ? specialTokens(tokenizer) : { before: [], after: [] };
  const maxTokens = settings.specialTokens ? limit(config, settings) : Number.POSITIVE_INFINITY;
  const room = Math.max(0, maxTokens - before.length - after.length);
  const fromLeft = config["truncation_side"] === "left";
  const padToken = config["pad_token"];
  const padContent =
    typeof padToken === "object" && padToken !== null ? (padToken as { content?: string }).content : padToken;
  const special = new Set(after);
  return {
    maxTokens,
    padId: (typeof padContent === "string" ? tokenizer.token_to_id(padContent) : undefined) ?? 0,
    encode: (text) => {
      const ids = bare(text);
      const kept = ids.length <= room ? ids : fromLeft ? ids.slice(-room) : ids.slice(0, room);
      return Int32Array.of(...before, ...kept, ...after);
    },
    promptLength: (prompt) => {
      const ids = [...before, ...bare(prompt), ...after];
      return special.has(ids.at(-1) ?? -1) ? ids.length - 1 : ids.length;
    },
  };
}

/** The ids that the tokenizer puts before and after a text. */
function specialTokens(tokenizer: HubTokenizer): { before: number[]; after: number[] } {
  const probe = "a";
  const { ids: inner } = tokenizer.encode(probe, { add_special_tokens: false });
  const { ids: whole } = tokenizer.encode(probe, { add_special_tokens: true });
  const start = whole.findIndex((_, place) => inner.every((id, i) => whole[place + i] === id));
  return { before: whole.slice(0, start), after: whole.slice(start + inner.length) };
}

function limit(config: Json, { maxTokens, maxPositions }: TokenizerSettings): number {
  if (maxTokens !== undefined) return maxTokens;
  const own = config["model_max_length"];
  // Tokenizers without a limit store a number near 1e30.
  return Math.min(
    typeof own === "number" && own < 1e15 ? own : Number.POSITIVE_INFINITY,
    maxPositions ?? Number.POSITIVE_INFINITY,
  );
}
