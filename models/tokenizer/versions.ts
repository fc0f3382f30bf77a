/**
 * What transformers 5 makes of tokenizer files, where that is not what they hold. Source: 5.24.0, `auto/tokenization_auto.py`
 * (which class), `models/*\/tokenization_*.py` (what a class builds anew), `tokenization_utils_tokenizers.py` (the rest is
 * that of `tokenizer.json`); RoBERTa's and T5's classes after 5.5.4. docs/decisions/014 says whose ids are taken.
 */
import { openLibrary } from "./open-library.ts";
import { asConfigured, classNameOf, specialTokens, type TokenizerFiles } from "./tokenizer-classes.ts";
import { stepsIn, withSpecialTokens } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** What a class builds without asking `tokenizer.json`; null for nothing. */
interface Rebuilt {
  readonly normalizer: Json | null;
  readonly pre_tokenizer: Json;
}

const sequence = (...pretokenizers: readonly Json[]): Json => ({ type: "Sequence", pretokenizers });
const metaspace = (prepend_scheme: string, split: boolean): Json => ({
  type: "Metaspace",
  replacement: "▁",
  prepend_scheme,
  split,
});

/** Of the normalizer the sentence-piece classes keep the first table of characters. */
function charactersOnly({ definition: { normalizer } }: TokenizerFiles): Json | null {
  return stepsIn(normalizer).find(({ type }) => type === "Precompiled") ?? null;
}

const sentencePieces = (files: TokenizerFiles): Rebuilt => ({
  normalizer: charactersOnly(files),
  pre_tokenizer: sequence(
    { type: "WhitespaceSplit" },
    metaspace((files.config["add_prefix_space"] ?? true) ? "always" : "never", true),
  ),
});

const wordPieces = ({ config }: TokenizerFiles): Rebuilt => ({
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: config["tokenize_chinese_chars"] ?? true,
    strip_accents: config["strip_accents"] ?? null,
    lowercase: config["do_lower_case"] ?? true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
});

/** Splits a text into words, numbers by their digits. */
const qwenWords =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const byClass: Readonly<Record<string, (files: TokenizerFiles) => Rebuilt>> = {
  RobertaTokenizer: ({ config }) => ({
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: config["add_prefix_space"] === true,
      trim_offsets: true,
      use_regex: true,
    },
  }),
  T5Tokenizer: (files) => ({
    normalizer: charactersOnly(files),
    pre_tokenizer: sequence({ type: "WhitespaceSplit" }, metaspace("always", true)),
  }),
  BertTokenizer: wordPieces,
  DistilBertTokenizer: wordPieces,
  MPNetTokenizer: wordPieces,
  XLMRobertaTokenizer: sentencePieces,
  CamembertTokenizer: sentencePieces,
  Qwen2Tokenizer: ({ config }) => ({
    normalizer: { type: "NFC" },
    pre_tokenizer: sequence(
      { type: "Split", pattern: { Regex: qwenWords }, behavior: "Isolated", invert: false },
      {
        type: "ByteLevel",
        add_prefix_space: config["add_prefix_space"] === true,
        trim_offsets: true,
        use_regex: false,
      },
    ),
  }),
  LlamaTokenizer: ({ config }) => {
    const scheme = config["legacy"] === true ? "always" : "first";
    return {
      normalizer: null,
      pre_tokenizer: metaspace((config["add_prefix_space"] ?? true) ? scheme : "never", false),
    };
  },
  GemmaTokenizer: () => ({
    normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" },
    pre_tokenizer: { type: "Split", pattern: { String: " " }, behavior: "MergedWithPrevious", invert: false },
  }),
};

/** Families of classes that are passed over in a repository of another (5.5). */
const onlyIn: Readonly<Record<string, readonly string[]>> = {
  RobertaTokenizer: ["roberta"],
  T5Tokenizer: ["t5", "mt5", "umt5"],
};

/** Families whose own class is taken, whatever the files name. */
const byFamily: Readonly<Record<string, string>> = { qwen2: "Qwen2Tokenizer" };

/** Tells whether a tokenizer takes texts by their bytes. */
const isOfBytes = ({ definition }: TokenizerFiles): boolean =>
  stepsIn(definition["pre_tokenizer"]).some(({ type }) => type === "ByteLevel");

/** Returns the class that transformers 5 takes. */
function classIn5(files: TokenizerFiles): string | undefined {
  const own = byFamily[files.modelType ?? ""] ?? classNameOf(files)?.replace(/Fast$/, "");
  if (own === "LlamaTokenizer" && isOfBytes(files)) return undefined;
  const families = Object.hasOwn(onlyIn, own ?? "") ? onlyIn[own ?? ""] : undefined;
  return families?.includes(files.modelType ?? "") === false ? undefined : own;
}

/**
 * Returns the definition that transformers 5 makes of files, as far as its class is one of those that build something anew:
 * first and last tokens are those of `tokenizer.json`, whatever flags say. Of files that it wrote it makes what they hold.
 */
export function asInVersion5(files: TokenizerFiles): Json {
  const { definition } = files;
  const name = classIn5(files);
  if (name === undefined || !Object.hasOwn(byClass, name)) return definition;
  return { ...definition, ...byClass[name](files) };
}

/** Texts of the kinds on which the two are known to differ: numbers, blanks, marks, letters of other scripts, no letters. */
const probes = [
  "It isn't 1,234.",
  "  two  blanks\n\nand lines\t",
  "cafe\u0301 CAF\u00c9 \ufb01ne \uff21\uff22",
  "日本語 한국어",
  "",
];

const parts = ["normalizer", "pre_tokenizer", "post_processor"] as const;

/**
 * Finds a text of which transformers 5 makes other token ids by the files than are made here.
 * @returns undefined where none was found, and for tokenizers of Python code of their own
 */
export async function findDifference(files: TokenizerFiles): Promise<string | undefined> {
  if ("auto_map" in files.config || files.endToken) return undefined;
  const both = [asConfigured(files), asInVersion5(files)];
  if (new Set(both.map((definition) => JSON.stringify(parts.map((part) => definition[part])))).size === 1) {
    return undefined;
  }
  const special = specialTokens(files);
  const [ids4, ids5] = await Promise.all(
    both.map(async (definition) => {
      const library = await openLibrary(withSpecialTokens(definition, special));
      return library.encode(probes, { specialTokens: true });
    }),
  );
  return probes.find((_, i) => String(ids4[i].ids) !== String(ids5[i].ids));
}
