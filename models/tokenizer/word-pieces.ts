import { InputError } from "../../datasets/errors.ts";
import { specialToken, type TokenizerFiles } from "./tokenizer-classes.ts";
import { idOf } from "./vocabulary.ts";

/** Most letters of a word that is looked up; a longer one is unknown (the library's WordPiece). */
const longestWord = 100;

/**
 * Makes the `tokenizer.json` of a BERT repository that has only `vocab.txt`, a piece a line, as transformers'
 * BertTokenizer does; its class sets the normalizer by `tokenizer_config.json`, as for a stored one.
 * @param files those of the repository; their definition is left out of account
 * @throws InputError when a token that the tokenizer adds is no piece, or a token stands beside the vocabulary
 */
export function fromVocabulary(vocabulary: string, files: TokenizerFiles): Readonly<Record<string, unknown>> {
  const lines = vocabulary.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  const vocab = Object.fromEntries(lines.map((piece, i) => [piece, i]));
  const model = {
    type: "WordPiece",
    unk_token: specialToken(files, "unk_token"),
    continuing_subword_prefix: "##",
    max_input_chars_per_word: longestWord,
    vocab,
  };
  const idIn = (token: string | null): number => {
    const id = token === null ? undefined : idOf({ model }, token);
    if (id !== undefined) return id;
    throw new InputError(`its vocab.txt has no ${token}, which the tokenizer needs`);
  };
  const beside = Object.entries((files.config["added_tokens_decoder"] ?? {}) as Record<string, { content?: unknown }>);
  for (const [id, { content }] of beside) {
    if (idOf({ model }, String(content)) === Number(id)) continue;
    throw new InputError(
      `the added token ${content} (${id}) is not in its vocab.txt; save the tokenizer as tokenizer.json`,
    );
  }
  const [cls, sep] = [specialToken(files, "cls_token"), specialToken(files, "sep_token")] as [string, string];
  idIn(specialToken(files, "unk_token"));
  const special = (token: string) => [token, { id: token, ids: [idIn(token)], tokens: [token] }];
  const token = (id: string, type: number) => ({ SpecialToken: { id, type_id: type } });
  const text = (id: "A" | "B", type: number) => ({ Sequence: { id, type_id: type } });
  const single = [token(cls, 0), text("A", 0), token(sep, 0)];
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: {
      type: "TemplateProcessing",
      single,
      pair: [...single, text("B", 1), token(sep, 1)],
      special_tokens: Object.fromEntries([cls, sep].map(special)),
    },
    model,
  };
}
