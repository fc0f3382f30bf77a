import type { TokenizerFiles } from "./tokenizer-classes.ts";

/** Classes that say which text of a pair a token is of; others leave it out. */
const typedClasses: readonly string[] = [
  "BertTokenizer",
  "DebertaTokenizer",
  "DebertaV2Tokenizer",
  "ElectraTokenizer",
  "MobileBertTokenizer",
];
/** Families whose class is one of these, where the files name none. */
const typedFamilies: readonly string[] = ["bert", "deberta", "deberta-v2", "electra", "ernie", "mobilebert"];
/** Families whose named class is passed over for the general one. */
const generalFamilies: readonly string[] = ["modernbert"];

/**
 * Tells whether the tokens of a pair get types, 0 and 1, as in transformers 5.24: by `model_input_names`, or by the class
 * (`tokenization_*.py`, `auto/tokenization_auto.py`). The general class (`TokenizersBackend`, or of older files
 * `PreTrainedTokenizerFast`) gives none, whatever types the template of `tokenizer.json` has; that of transformers 4 did.
 */
export function givesTypes({ config, modelType = "" }: TokenizerFiles): boolean {
  const names = config["model_input_names"];
  if (Array.isArray(names)) return names.includes("token_type_ids");
  if (generalFamilies.includes(modelType)) return false;
  const name = config["tokenizer_class"];
  return typeof name === "string"
    ? typedClasses.includes(name.replace(/Fast$/, ""))
    : typedFamilies.includes(modelType);
}
