import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { openTokenizer, type Tokenizer, type TokenizerSettings } from "./tokenizer.ts";

type Json = Readonly<Record<string, unknown>>;
interface Case {
  readonly model: string;
  /** Values in place of those in tokenizer_config.json. */
  readonly settings: Json;
  readonly ids: number[][];
}

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const { texts, cases } = JSON.parse(readFileSync(join(fixtures, "tokenizers.json"), "utf8")) as {
  texts: string[];
  cases: Case[];
};
const shared = sharedFolder();
/** Folders that may hold a checkpoint: the fixtures, and the larger collection where there is one. */
const roots = [fixtures, ...(shared === undefined ? [] : [join(shared, "models/tiny")])];
const folderOf = (model: string): string | undefined =>
  roots.map((root) => join(root, model)).find((folder) => existsSync(join(folder, "tokenizer.json")));

/** Copies a checkpoint's tokenizer, and changes its settings (undefined removes one) and then its files. */
async function open(
  model: string,
  changes: Json,
  settings: Partial<TokenizerSettings> = {},
  edit = (_folder: string): void => {},
): Promise<{ folder: string; tokenizer: Promise<Tokenizer> }> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-tokenizer-class-"));
  for (const name of ["tokenizer.json", "special_tokens_map.json"])
    cpSync(join(folderOf(model)!, name), join(folder, name));
  const config = JSON.parse(readFileSync(join(folderOf(model)!, "tokenizer_config.json"), "utf8"));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ ...config, ...changes }));
  edit(folder);
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  return {
    folder,
    tokenizer: openTokenizer(snapshot, { folder: "", specialTokens: true, maxTokens: 1e6, ...settings }),
  };
}
/** Removes the file that names special tokens beside tokenizer_config.json. */
const withoutMap = (folder: string): void => rmSync(join(folder, "special_tokens_map.json"));
const opened = async (...options: Parameters<typeof open>): Promise<Tokenizer> => (await open(...options)).tokenizer;
const idsOf = async (tokenizer: Tokenizer, text: string): Promise<number[]> => [
  ...(await tokenizer.encode([text]))[0].ids,
];

describe("ids of odd texts, against transformers", () => {
  it.each(cases.filter(({ model }) => folderOf(model) !== undefined))(
    "$model $settings",
    async ({ model, settings, ids }) => {
      const found = await (await opened(model, settings)).encode(texts);
      expect(found.map((row) => [...row.ids])).toEqual(ids);
    },
  );
  const absent = cases.filter(({ model }) => folderOf(model) === undefined);
  it.skip.each(absent)("$model $settings: ../shared/models/tiny is not there", () => {});
});

describe("the class of a tokenizer that names none", () => {
  const pieces = { tokenizer_class: undefined, bos_token: "[CLS]", eos_token: "[SEP]", unk_token: "[UNK]" };

  it("is that of the model's kind", async () => {
    expect(await idsOf(await opened("bert-mean", pieces, { modelType: "llama" }), "a b")).toEqual([2, 40, 41]);
    expect(await idsOf(await opened("bert-mean", pieces, { modelType: "lfm2" }), "a b")).toEqual([2, 40, 41, 3]);
    const cased = { tokenizer_class: undefined, do_lower_case: false };
    const upper = await idsOf(await opened("bert-mean", cased, { modelType: "bert" }), "A");
    expect(upper).not.toEqual(await idsOf(await opened("bert-mean", cased), "A"));
  });
});

describe("special tokens", () => {
  const nameless = { pad_token: undefined };

  it("may be named in special_tokens_map.json, by the class, or in the stored padding", async () => {
    const mapped = await opened("bert-mean", nameless, {}, (folder) =>
      writeFileSync(join(folder, "special_tokens_map.json"), '{"pad_token": {"content": "[MASK]"}}'),
    );
    expect(mapped.padId).toBe(4);
    const ofClass = { ...nameless, tokenizer_class: "BertTokenizer" };
    expect((await opened("bert-mean", ofClass, {}, withoutMap)).padId).toBe(0);
    const stored = await opened("bert-mean", nameless, {}, (folder) => {
      withoutMap(folder);
      const path = join(folder, "tokenizer.json");
      const padding = { strategy: "BatchLongest", direction: "Right", pad_id: 1, pad_type_id: 0, pad_token: "[UNK]" };
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), padding }));
    });
    expect(stored.padId).toBe(1);
  });

  it("without one for padding the config's id serves; without that either, the repository is refused", async () => {
    expect((await opened("bert-mean", nameless, { padTokenId: 7 }, withoutMap)).padId).toBe(7);
    const { folder, tokenizer } = await open("bert-mean", nameless, { padTokenId: -1 }, withoutMap);
    await expect(tokenizer).rejects.toThrow(
      `model: the tokenizer of ${folder} names no padding token; write one into a copy's tokenizer_config.json ("pad_token": the end-of-text token serves, padding is masked)`,
    );
    expect((await opened("bert-mean", nameless, { specialTokens: false }, withoutMap)).padId).toBe(0);
  });

  it("a padding token that is none of the tokenizer's is named", async () => {
    const { tokenizer } = await open("bert-mean", { pad_token: "<nothing>" });
    await expect(tokenizer).rejects.toThrow(
      "names the padding token <nothing>, which is no token of it; write one into a copy's",
    );
  });

  it.each([
    [{ add_eos_token: true, eos_token: "<none>" }, "is to add <none>, which its vocabulary has not"],
    [{ bos_token: "<none>" }, "is to add <none>, which its vocabulary has not"],
  ])("a class that is to add what there is not: %j", async (changes, message) => {
    const { folder, tokenizer } = await open("bert-mean", {
      tokenizer_class: "LlamaTokenizer",
      bos_token: "[CLS]",
      ...changes,
    });
    await expect(tokenizer).rejects.toThrow(`model: ${folder}/tokenizer.json cannot be used: the tokenizer ${message}`);
  });

  it("types of a single text's tokens other than 0 are refused, where the model gets types", async () => {
    const typed = (folder: string): void => {
      const path = join(folder, "tokenizer.json");
      const definition = readFileSync(path, "utf8").replaceAll(/"type_id":\s*0/g, '"type_id": 1');
      writeFileSync(path, definition);
    };
    const { tokenizer } = await open("bert-mean", { tokenizer_class: "BertTokenizer" }, {}, typed);
    await expect(tokenizer).rejects.toThrow("its template gives tokens of a single text the type 1; expected was 0");
    await opened("bert-mean", {}, {}, typed);
  });

  it("a prompt's length leaves out any special token at its end, one of the text's own too", async () => {
    const open = await opened("bert-mean", {
      tokenizer_class: "LlamaTokenizer",
      bos_token: "[CLS]",
      unk_token: "[UNK]",
    });
    expect(await open.promptLength("a b")).toBe(3);
    expect(await open.promptLength("a b \u5317")).toBe(3);
    expect(await open.promptLength("a b [MASK]")).toBe(3);
  });

  it.each([
    [{ extra_special_tokens: ["a"] }, 2],
    [{ extra_special_tokens: [{ content: "a" }], additional_special_tokens: ["b"] }, 2],
    [{ extra_special_tokens: { mark_token: "a" } }, 2],
    [{ extra_special_tokens: [], additional_special_tokens: ["a"] }, 2],
    [{ extra_special_tokens: ["b"], additional_special_tokens: ["a"] }, 3],
  ])("are named in the spellings of transformers 4 and 5: %j", async (changes, length) => {
    const ends = { single: [{ Sequence: { id: "A", type_id: 0 } }], pair: [{ Sequence: { id: "A", type_id: 0 } }] };
    const bare = (folder: string): void => {
      const path = join(folder, "tokenizer.json");
      const processor = { type: "TemplateProcessing", ...ends, special_tokens: {} };
      const definition = { ...JSON.parse(readFileSync(path, "utf8")), post_processor: processor };
      writeFileSync(path, JSON.stringify(definition));
    };
    const tokenizer = await opened("bert-mean", changes, {}, bare);
    expect(await tokenizer.promptLength("b b a")).toBe(length);
  });
});

describe("first and last tokens, by class and flags", () => {
  const named = { bos_token: "[CLS]", eos_token: "[SEP]", unk_token: "[UNK]" };
  /** What gte-Qwen2 says of its tokenizer's code. */
  const gteQwen = {
    auto_map: { AutoTokenizer: ["tokenization_qwen.Qwen2Tokenizer", "tokenization_qwen.Qwen2TokenizerFast"] },
  };
  it.each([
    ["LlamaTokenizer", {}, [2, 40]],
    ["LlamaTokenizer", { add_bos_token: false, add_eos_token: true }, [40, 3]],
    ["LlamaTokenizer", { backend: "tokenizers" }, [2, 40, 3]],
    ["GemmaTokenizerFast", { extra_special_tokens: ["[MASK]"] }, [2, 40, 3]],
    ["GemmaTokenizer", { extra_special_tokens: { mark_token: "[MASK]" } }, [2, 40]],
    ["GemmaTokenizer", { backend: "tokenizers", add_bos_token: false }, [40]],
    ["Qwen2Tokenizer", { ...gteQwen, add_eos_token: true }, [40, 3]],
    ["Qwen2Tokenizer", { ...gteQwen, add_eos_token: false }, [40]],
  ])("%s %j", async (tokenizer_class, changes, ids) => {
    expect(await idsOf(await opened("bert-mean", { tokenizer_class, ...named, ...changes }), "a")).toEqual(ids);
  });

  it.each([
    [{ add_eos_token: false }, [2, 40, 3]],
    [{ backend: "tokenizers", add_bos_token: false }, [40, 3]],
  ])("a model's own code that adds the end token wins over %j", async (changes, ids) => {
    const settings = { tokenizer_class: "LlamaTokenizerFast", ...named, ...changes };
    const tokenizer = await opened("bert-mean", settings, { endToken: true });
    expect(await idsOf(tokenizer, "a")).toEqual(ids);
    expect(await tokenizer.promptLength("a")).toBe(ids.length - 1);
  });

  it("such code over a class that is not known for it is refused", async () => {
    const { tokenizer } = await open("bert-mean", { tokenizer_class: "BertTokenizer" }, { endToken: true });
    await expect(tokenizer).rejects.toThrow(
      'cannot be used: the model\'s config asks for an end token behind each text (add_eos), which is known of LlamaTokenizer; tokenizer_class is "BertTokenizer"',
    );
  });
});
