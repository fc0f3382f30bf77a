/** What a tokenizer's config asks for and is not done here, though it can change the ids of a text. */
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";
import { classNameOf, type TokenizerFiles } from "./tokenizer-classes.ts";

/**
 * Classes that set up splitting, or what is added to a text, in a way that no file says: by a language, by another list of
 * marks, or as RoFormer's, which tells words of Chinese apart by a program of its own.
 */
const strangeClasses: readonly string[] = [
  "CohereTokenizer",
  "FunnelTokenizer",
  "LayoutLMv2Tokenizer",
  "MBart50Tokenizer",
  "MBartTokenizer",
  "NllbTokenizer",
  "RoFormerTokenizer",
  "SeamlessM4TTokenizer",
  "SplinterTokenizer",
  "WhisperTokenizer",
];

/** Families whose class is one of these, where the files name none. */
const strangeFamilies: Readonly<Record<string, string>> = { roformer: "RoFormerTokenizer" };

/**
 * Checks that the tokenizer is set up in a way that is known.
 * @throws InputError naming the key of `tokenizer_config.json`, or the class
 */
export function checkSetup(files: TokenizerFiles): void {
  const { split_special_tokens: split } = files.config;
  if (split !== undefined && split !== null && split !== false) {
    throw new InputError(
      `split_special_tokens of tokenizer_config.json is ${shownJson(split, 80)}, expected false: special tokens that a text holds are found as they are; where no text holds one, take the key out of a copy`,
    );
  }
  const name = classNameOf(files)?.replace(/Fast$/, "") ?? strangeFamilies[files.modelType ?? ""] ?? "";
  if (!strangeClasses.includes(name)) return;
  throw new InputError(
    `its class ${name} adds to what tokenizer.json says in a way that is not known; where tokenizer.json says all, write "tokenizer_class": "PreTrainedTokenizerFast" into a copy's tokenizer_config.json`,
  );
}
