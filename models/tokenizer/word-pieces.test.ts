import { expect, it } from "vitest";
import { folderSnapshot } from "../testing/checkpoint.ts";
import { openTokenizer } from "./tokenizer.ts";

const pieces = [
  "[UNK]",
  "[PAD]",
  "[SEP]",
  "[CLS]",
  "caf",
  "##e",
  "##\u00e9",
  "Caf",
  "\u5317",
  "\u4eac",
  "\u5317\u4eac",
];

/** Tokenizes a text with accents, a capital and two signs of Chinese by a `vocab.txt` and a config. */
async function idsOf(config: object, vocabulary = pieces.join("\n"), files: Record<string, string> = {}) {
  const all = { "vocab.txt": vocabulary, "tokenizer_config.json": JSON.stringify(config), ...files };
  const settings = { folder: "", specialTokens: true, maxTokens: 16, modelType: "bert" };
  const tokenizer = await openTokenizer(await folderSnapshot(all), settings);
  return [...(await tokenizer.encode(["Caf\u00e9 \u5317\u4eac"]))[0].ids];
}

// Expected ids: transformers 5.24.0, BertTokenizer.from_pretrained over the same two files.
it.each<[object, number[]]>([
  [{}, [3, 4, 5, 8, 9, 2]],
  [{ do_lower_case: false }, [3, 7, 6, 8, 9, 2]],
  [{ do_lower_case: false, tokenize_chinese_chars: false }, [3, 7, 6, 10, 2]],
  [{ strip_accents: false }, [3, 4, 6, 8, 9, 2]],
  [{ do_lower_case: false, strip_accents: true }, [3, 7, 5, 8, 9, 2]],
  [{ tokenizer_class: "BertTokenizerFast", cls_token: "caf" }, [4, 4, 5, 8, 9, 2]],
])("%j", async (config, ids) => {
  expect(await idsOf(config)).toEqual(ids);
  expect(await idsOf(config, `${pieces.join("\r\n")}\r\n`)).toEqual(ids);
});

it("what cannot be built is refused", async () => {
  await expect(idsOf({}, "[PAD]\n[UNK]\n[CLS]")).rejects.toThrow(
    "its vocab.txt has no [SEP], which the tokenizer needs",
  );
  await expect(idsOf({ tokenizer_class: "RobertaTokenizer" })).rejects.toThrow(
    "has no tokenizer.json; without it only",
  );
  await expect(idsOf({}, undefined, { "added_tokens.json": "{}" })).rejects.toThrow("with no added_tokens.json");
  const added = { added_tokens_decoder: { 11: { content: "<x>" } } };
  await expect(idsOf(added)).rejects.toThrow("the added token <x> (11) is not in its vocab.txt");
});
