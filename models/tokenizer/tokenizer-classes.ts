/**
 * Changes that transformers' tokenizer classes make to the `tokenizer.json` that they load, by the settings in
 * `tokenizer_config.json` (transformers 4.57, `models/*\/tokenization_*_fast.py`). Files that transformers 5 wrote are taken
 * as they stand; docs/decisions/014 says why.
 */
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";
import { idOf } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** A repository's tokenizer files, as far as it has them. */
export interface TokenizerFiles {
  /** `tokenizer.json` */
  readonly definition: Json;
  /** `tokenizer_config.json` */
  readonly config: Json;
  /** `special_tokens_map.json` */
  readonly specials: Json;
  /** `model_type` of the model, by which transformers chooses the class where the files name none. */
  readonly modelType?: string | undefined;
  /** True where the end token is added to each text whatever the files say. */
  readonly endToken?: boolean | undefined;
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
  /** Changes the definition as the class does. */
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
  modelTypes: ["bert", "ernie"],
  specials: wordPieces,
  adjust: (files) => withBertSettings(files),
};
const likeBert = (...modelTypes: readonly string[]): TokenizerClass => ({ ...bert, modelTypes });
/** As BERT's in transformers 4; in 5 such a class takes `tokenizer.json` as it is. */
const onceLikeBert = (...modelTypes: readonly string[]): TokenizerClass => ({
  ...bert,
  modelTypes,
  adjust: (files) => (versionOf(files) === 5 ? files.definition : withBertSettings(files)),
});
const llama: TokenizerClass = {
  modelTypes: ["llama", "mistral"],
  specials: { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>" },
  adjust: (files) => withOwnEnds(files),
};

/** Classes by their name, which in a config may end in `Fast`. */
const classes: Readonly<Record<string, TokenizerClass>> = {
  BertTokenizer: bert,
  DistilBertTokenizer: likeBert("distilbert"),
  ElectraTokenizer: likeBert("electra"),
  MobileBertTokenizer: likeBert("mobilebert"),
  ConvBertTokenizer: onceLikeBert("convbert"),
  SqueezeBertTokenizer: onceLikeBert("squeezebert"),
  LayoutLMTokenizer: onceLikeBert("layoutlm"),
  LxmertTokenizer: onceLikeBert("lxmert"),
  RetriBertTokenizer: onceLikeBert("retribert"),
  DPRQuestionEncoderTokenizer: onceLikeBert("dpr"),
  DPRContextEncoderTokenizer: onceLikeBert(),
  DPRReaderTokenizer: onceLikeBert(),
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
  LlamaTokenizer: llama,
  CodeLlamaTokenizer: { ...llama, modelTypes: [] },
  GPTNeoXTokenizer: {
    modelTypes: ["gpt_neox"],
    specials: { bos_token: "<|endoftext|>", eos_token: "<|endoftext|>", unk_token: "<|endoftext|>" },
    adjust: (files) => withOwnEnds(files, false),
  },
  GemmaTokenizer: {
    modelTypes: ["gemma", "gemma2", "gemma3", "gemma3_text"],
    specials: { bos_token: "<bos>", eos_token: "<eos>", unk_token: "<unk>", pad_token: "<pad>" },
    adjust: (files) => withOwnEnds(files),
  },
};

/** Returns the class that the files name, or else the one that the `model_type` stands for. */
export function classNameOf({ config, modelType }: TokenizerFiles): string | null {
  const name = config["tokenizer_class"];
  if (typeof name === "string") return name;
  return Object.keys(classes).find((one) => classes[one].modelTypes.includes(modelType ?? "")) ?? null;
}

function classOf(files: TokenizerFiles): TokenizerClass | undefined {
  const name = classNameOf(files)?.replace(/Fast$/, "");
  return name !== undefined && Object.hasOwn(classes, name) ? classes[name] : undefined;
}

/** Tells whether the class is BertTokenizer, by its name or, where none is given, by BERT's `model_type`. */
export const isBert = (files: TokenizerFiles): boolean => classOf(files) === bert;

/**
 * Returns the definition as the class sets it up.
 * @throws InputError when the class is to add a token that the vocabulary does not have
 */
export function asConfigured(files: TokenizerFiles): Json {
  const code = ownCodeOf(files);
  if (code !== undefined) return asOwnCode(code, files);
  if (files.endToken) return withEndToken(files);
  return classOf(files)?.adjust?.(files) ?? withPrefixSpace(files);
}

/** Adds the end token as mteb does, which sets Llama's `add_eos_token` after loading. */
function withEndToken(files: TokenizerFiles): Json {
  const { tokenizer_class: name, add_bos_token: first = true } = files.config;
  if (classOf(files) === classes["LlamaTokenizer"] && typeof first === "boolean") return withEnds(files, first, true);
  throw new InputError(
    `the model's config asks for an end token behind each text (add_eos), which is known of LlamaTokenizer; tokenizer_class is ${shownJson(name ?? null, 80)}`,
  );
}

/** Returns what a config says of Python code that the repository brings for its tokenizer. */
function ownCodeOf({ config: { auto_map: map } }: TokenizerFiles): unknown {
  // Before transformers 4.14 the map was the list itself.
  return Array.isArray(map) ? map : isRecord(map) ? map["AutoTokenizer"] : undefined;
}

/**
 * Does what a repository's own code does, where that is known: `tokenization_qwen.py` of gte-Qwen2 and its descendants
 * appends the end token by `add_eos_token` (Alibaba-NLP/gte-Qwen2-1.5B-instruct).
 */
function asOwnCode(code: unknown, files: TokenizerFiles): Json {
  const { add_bos_token: first = false, add_eos_token: last } = files.config;
  const named = [code].flat().filter((name) => name !== null);
  const isQwen =
    named.length > 0 && named.every((name) => /(^|--)tokenization_qwen\.Qwen2Tokenizer(Fast)?$/.test(String(name)));
  if (isQwen && typeof first === "boolean" && typeof last === "boolean") {
    return withEnds({ ...files, definition: withPrefixSpace(files) }, first, last);
  }
  throw new InputError(
    `the tokenizer brings code of its own (auto_map in tokenizer_config.json: ${shownJson(code, 120)}), which is not run, so that what it adds to a text is not known; where tokenizer.json says all, take auto_map out of a copy's tokenizer_config.json`,
  );
}

/** Returns the special token of a kind, null where there is none. */
export function specialToken(files: TokenizerFiles, key: SpecialKey): string | null {
  const { config, specials, definition } = files;
  const stored = textOf(config[key]) ?? textOf(specials[key]) ?? classOf(files)?.specials[key];
  if (stored !== undefined || key !== "pad_token") return stored ?? null;
  return textOf((definition["padding"] as Json | null | undefined)?.["pad_token"]) ?? null;
}

/** Returns all special tokens that the files or the class name. */
export function specialTokens(files: TokenizerFiles): string[] {
  const named = specialKeys.map((key) => specialToken(files, key));
  return [...named, ...moreTokens(files).map(textOf)].filter((token) => typeof token === "string");
}

/** Returns the special tokens by their kind, as far as there are some. */
export const namedTokens = (files: TokenizerFiles): Readonly<Record<string, string>> =>
  Object.fromEntries(
    specialKeys.flatMap((key) => {
      const token = specialToken(files, key);
      return token === null ? [] : [[key, token]];
    }),
  );

/** Returns the special tokens without a kind, in the spelling of transformers 5 (a list, or tokens by name) or 4. */
function moreTokens({ config, specials }: TokenizerFiles): readonly unknown[] {
  const spellings = [config, specials].flatMap((file) => [
    file["extra_special_tokens"],
    file["additional_special_tokens"],
  ]);
  const lists = spellings.map((more) => (typeof more === "object" && more !== null ? Object.values(more) : []));
  return lists.find((list) => list.length > 0) ?? [];
}

/** Returns the version of transformers that wrote the files: since 5 `tokenizer.json` alone says what is added to a text. */
export const versionOf = ({ config }: TokenizerFiles): 4 | 5 =>
  "backend" in config || Array.isArray(config["extra_special_tokens"]) ? 5 : 4;

/** Returns a token's text, which is stored as it is or within an object. */
function textOf(token: unknown): string | undefined {
  const text = typeof token === "object" && token !== null ? (token as Json)["content"] : token;
  return typeof text === "string" ? text : undefined;
}

/** Replaces the stored normalizer's settings by the class's arguments or their defaults, as BERT's classes do. */
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

/**
 * Replaces the stored processor by one that adds the first and the last token, as the classes of Llama, Gemma and GPT-NeoX
 * do in transformers 4. Those of 5 store neither flag and leave the processor as it is.
 * @param first Whether the first token is added where no flag says it.
 */
function withOwnEnds(files: TokenizerFiles, first = true): Json {
  const { definition, config } = files;
  const flagged = "add_bos_token" in config || "add_eos_token" in config;
  if (versionOf(files) === 5 && !flagged) return definition;
  const has = (key: string, byDefault: boolean): boolean => (key in config ? Boolean(config[key]) : byDefault);
  return withEnds(files, has("add_bos_token", first), has("add_eos_token", false));
}

/** Replaces the stored processor by one that adds the first token, the last one, both or none. */
function withEnds(files: TokenizerFiles, hasFirst: boolean, hasLast: boolean): Json {
  const { definition } = files;
  const end = (key: "bos_token" | "eos_token", added: boolean): readonly string[] => {
    if (!added) return [];
    const token = specialToken(files, key);
    if (token !== null) return [token];
    throw new InputError(`the tokenizer is to add the ${key}, which its tokenizer_config.json does not name`);
  };
  const first = end("bos_token", hasFirst);
  const last = end("eos_token", hasLast);
  const part = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: "A" | "B") => ({ Sequence: { id, type_id: 0 } });
  const whole = (id: "A" | "B") => [...first.map(part), text(id), ...last.map(part)];
  const special = (token: string) =>
    [token, { id: token, ids: [knownId(definition, token)], tokens: [token] }] as const;
  const processor = {
    type: "TemplateProcessing",
    single: whole("A"),
    pair: [...whole("A"), ...whole("B")],
    special_tokens: Object.fromEntries([...first, ...last].map(special)),
  };
  return { ...definition, post_processor: processor };
}

function knownId(definition: Json, token: string): number {
  const id = idOf(definition, token);
  if (id !== undefined) return id;
  throw new InputError(`the tokenizer is to add ${token}, which its vocabulary has not`);
}

/** Puts the config's `add_prefix_space` into a bare byte-level pre-tokenizer, as transformers 4 does. */
function withPrefixSpace(files: TokenizerFiles): Json {
  const { definition, config } = files;
  if (versionOf(files) === 5) return definition;
  const step = definition["pre_tokenizer"] as Json | null | undefined;
  const { add_prefix_space: wanted = false } = config;
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
