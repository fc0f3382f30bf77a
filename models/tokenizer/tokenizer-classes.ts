/**
 * What transformers' tokenizer classes change in the `tokenizer.json` that they load, by the settings in
 * `tokenizer_config.json` (transformers 4.57, `models/*\/tokenization_*_fast.py`).
 */
import { InputError } from "../../datasets/errors.ts";

type Json = Readonly<Record<string, unknown>>;

/** A repository's tokenizer files, as far as it has them. */
export interface TokenizerFiles {
  /** `tokenizer.json` */
  readonly definition: Json;
  /** `tokenizer_config.json` */
  readonly config: Json;
  /** `special_tokens_map.json` */
  readonly specials: Json;
  /** The model's kind, by which transformers chooses the class where the files name none. */
  readonly modelType?: string;
}

/** Keys under which special tokens are named. */
const specialKeys = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;
type SpecialKey = (typeof specialKeys)[number];

interface TokenizerClass {
  readonly modelTypes: readonly string[];
  /** Special tokens where the files name none. */
  readonly specials: Readonly<Partial<Record<SpecialKey, string>>>;
  /** What the class makes of a definition. */
  readonly adjust?: (files: TokenizerFiles) => Json;
}

const sentencePieces = {
  bos_token: "<s>",
  eos_token: "</s>",
  unk_token: "<unk>",
  sep_token: "</s>",
  pad_token: "<pad>",
  cls_token: "<s>",
  mask_token: "<mask>",
};
const wordPieces = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
};
const bert: TokenizerClass = {
  modelTypes: ["bert"],
  specials: wordPieces,
  adjust: (files) => withBertSettings(files),
};

/** Classes by their name, which may have `Fast` at its end. */
const classes: Readonly<Record<string, TokenizerClass>> = {
  BertTokenizer: bert,
  DistilBertTokenizer: { ...bert, modelTypes: ["distilbert"] },
  ElectraTokenizer: { ...bert, modelTypes: [] },
  MobileBertTokenizer: { ...bert, modelTypes: [] },
  MPNetTokenizer: {
    modelTypes: ["mpnet"],
    specials: { ...sentencePieces, unk_token: "[UNK]" },
    adjust: (files) => withBertSettings(files, ["lowercase", "strip_accents"]),
  },
  RobertaTokenizer: { modelTypes: ["roberta"], specials: sentencePieces },
  XLMRobertaTokenizer: { modelTypes: ["xlm-roberta"], specials: sentencePieces },
  CamembertTokenizer: { modelTypes: ["camembert"], specials: sentencePieces },
  Qwen2Tokenizer: {
    modelTypes: ["qwen2", "qwen3"],
    specials: { unk_token: "<|endoftext|>", eos_token: "<|endoftext|>", pad_token: "<|endoftext|>" },
  },
  LlamaTokenizer: {
    modelTypes: ["llama", "mistral"],
    specials: { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>" },
    adjust: withOwnEnds,
  },
  GemmaTokenizer: {
    modelTypes: ["gemma", "gemma2", "gemma3", "gemma3_text"],
    specials: { bos_token: "<bos>", eos_token: "<eos>", unk_token: "<unk>", pad_token: "<pad>" },
    adjust: withOwnEnds,
  },
};

function classOf({ config, modelType }: TokenizerFiles): TokenizerClass | undefined {
  const name = config["tokenizer_class"];
  const slow = typeof name === "string" ? name.replace(/Fast$/, "") : undefined;
  if (slow !== undefined) return Object.hasOwn(classes, slow) ? classes[slow] : undefined;
  return Object.values(classes).find(({ modelTypes }) => modelTypes.includes(modelType ?? ""));
}

/**
 * The definition as the class sets it up.
 * @throws InputError when the class is to add a token that the vocabulary has not
 */
export function asConfigured(files: TokenizerFiles): Json {
  return classOf(files)?.adjust?.(files) ?? withPrefixSpace(files);
}

/** The special token of a kind, null where there is none. */
export function specialToken(files: TokenizerFiles, key: SpecialKey): string | null {
  const { config, specials, definition } = files;
  const stored = textOf(config[key]) ?? textOf(specials[key]) ?? classOf(files)?.specials[key];
  if (stored !== undefined || key !== "pad_token") return stored ?? null;
  return textOf((definition["padding"] as Json | null | undefined)?.["pad_token"]) ?? null;
}

/** All special tokens that the files or the class name. */
export const specialTokens = (files: TokenizerFiles): string[] =>
  [...specialKeys.map((key) => specialToken(files, key)), ...moreSpecials(files)].filter((token) => token !== null);

function moreSpecials({ config, specials }: TokenizerFiles): string[] {
  const more = config["additional_special_tokens"] ?? specials["additional_special_tokens"];
  return Array.isArray(more) ? more.map(textOf).filter((token) => token !== undefined) : [];
}

/** A token is stored as its text or as an object that holds it. */
function textOf(token: unknown): string | undefined {
  const text = typeof token === "object" && token !== null ? (token as Json)["content"] : token;
  return typeof text === "string" ? text : undefined;
}

/** BERT's classes put their arguments, or those arguments' defaults, over the stored normalizer's. */
function withBertSettings(
  { definition, config }: TokenizerFiles,
  settings: readonly string[] = ["lowercase", "strip_accents", "handle_chinese_chars"],
): Json {
  const normalizer = definition["normalizer"] as Json | null | undefined;
  if (normalizer?.["type"] !== "BertNormalizer") return definition;
  const own = {
    lowercase: config["do_lower_case"] ?? true,
    strip_accents: config["strip_accents"] ?? null,
    handle_chinese_chars: config["tokenize_chinese_chars"] ?? true,
  };
  const chosen = Object.entries(own).filter(([name]) => settings.includes(name));
  return { ...definition, normalizer: { ...normalizer, ...Object.fromEntries(chosen) } };
}

/** Llama's and Gemma's classes put the first and the last token there themselves, whatever the stored processor does. */
function withOwnEnds(files: TokenizerFiles): Json {
  const { definition, config } = files;
  const has = (key: string, byDefault: boolean): boolean => (key in config ? Boolean(config[key]) : byDefault);
  const end = (key: "bos_token" | "eos_token", added: boolean): readonly string[] => {
    if (!added) return [];
    const token = specialToken(files, key);
    if (token !== null) return [token];
    throw new InputError(`the tokenizer is to add the ${key}, which its tokenizer_config.json does not name`);
  };
  const first = end("bos_token", has("add_bos_token", true));
  const last = end("eos_token", has("add_eos_token", false));
  const part = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: "A" | "B") => ({ Sequence: { id, type_id: 0 } });
  const whole = (id: "A" | "B") => [...first.map(part), text(id), ...last.map(part)];
  const special = (token: string) => [token, { id: token, ids: [idOf(definition, token)], tokens: [token] }] as const;
  const processor = {
    type: "TemplateProcessing",
    single: whole("A"),
    pair: [...whole("A"), ...whole("B")],
    special_tokens: Object.fromEntries([...first, ...last].map(special)),
  };
  return { ...definition, post_processor: processor };
}

function idOf(definition: Json, token: string): number {
  const added = (definition["added_tokens"] ?? []) as readonly { content: string; id: number }[];
  const found = added.find(({ content }) => content === token)?.id;
  const vocabulary = (definition["model"] as Json | undefined)?.["vocab"] as
    | Readonly<Record<string, number>>
    | undefined;
  const id = found ?? vocabulary?.[token];
  if (id !== undefined) return id;
  throw new InputError(`the tokenizer is to add ${token}, which its vocabulary has not`);
}

/** A bare byte-level pre-tokenizer gets the config's `add_prefix_space`. */
function withPrefixSpace({ definition, config }: TokenizerFiles): Json {
  const step = definition["pre_tokenizer"] as Json | null | undefined;
  const wanted = config["add_prefix_space"] === undefined ? false : config["add_prefix_space"];
  if (step?.["type"] !== "ByteLevel" || typeof wanted !== "boolean") return definition;
  return { ...definition, pre_tokenizer: { ...step, add_prefix_space: wanted } };
}

/** Lower-cases the text before all other normalization (sentence-transformers' `do_lower_case`). */
export function lowerCased(definition: Json): Json {
  const stored = definition["normalizer"] as Json | null | undefined;
  const steps = stored?.["type"] === "Sequence" ? (stored["normalizers"] as Json[]) : stored ? [stored] : [];
  if (steps.some(({ type }) => type === "Lowercase")) return definition;
  return { ...definition, normalizer: { type: "Sequence", normalizers: [{ type: "Lowercase" }, ...steps] } };
}
