import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../datasets/hub.ts";
import { openTokenizer, type TokenizerSettings } from "./tokenizer.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const hub = hubSettings({ HF_HUB_OFFLINE: "1" });
const open = async (folder: string, settings: Partial<TokenizerSettings> = {}) =>
  openTokenizer(await openSnapshot({ kind: "model", id: folder }, hub), {
    folder: "",
    specialTokens: true,
    ...settings,
  });

type Fields = Record<string, Record<string, unknown>>;

/** A copy of a fixture whose tokenizer files are changed. */
function changed(change: (definition: Fields, config: Fields) => void): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-tokenizer-"));
  cpSync(fixture("bert-mean"), folder, { recursive: true });
  const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
  const [definition, config] = [read("tokenizer.json"), read("tokenizer_config.json")];
  change(definition, config);
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(definition));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
  return folder;
}

describe("openTokenizer", () => {
  it.each(["bert-mean", "bert-cls", "bert-dense-student"])("%s: the ids are transformers'", async (name) => {
    const { texts, cases } = JSON.parse(readFileSync(join(fixture(name), "expected.json"), "utf8"));
    const { prompts } = JSON.parse(readFileSync(join(fixture(name), "config_sentence_transformers.json"), "utf8"));
    const { max_position_embeddings: maxPositions } = JSON.parse(
      readFileSync(join(fixture(name), "config.json"), "utf8"),
    );
    const tokenizer = await open(fixture(name), { maxPositions });
    for (const { prompt_name: promptName, token_ids: expected } of cases) {
      const prompt = promptName ? prompts[promptName] : "";
      expect(texts.map((text: string) => [...tokenizer.encode(prompt + text)])).toEqual(expected);
    }
  });

  it("cuts to the limit, special tokens counted, from the side that the config names", async () => {
    const long = "a b c d e f g h i j";
    const right = await open(fixture("bert-mean"), { maxTokens: 6 });
    const whole = [...(await open(fixture("bert-mean"))).encode(long)];
    expect([...right.encode(long)]).toEqual([...whole.slice(0, 5), whole.at(-1)]);
    const left = await open(
      changed((_, config) => Object.assign(config, { truncation_side: "left" })),
      { maxTokens: 6 },
    );
    expect([...left.encode(long)]).toEqual([whole[0], ...whole.slice(-5)]);
    expect(right.maxTokens).toBe(6);
  });

  it("takes the smaller of the tokenizer's limit and the model's positions, unless the repository sets one", async () => {
    expect((await open(fixture("bert-mean"), { maxPositions: 64 })).maxTokens).toBe(48);
    expect((await open(fixture("bert-mean"), { maxPositions: 32 })).maxTokens).toBe(32);
    expect((await open(fixture("bert-mean"), { maxPositions: 32, maxTokens: 40 })).maxTokens).toBe(40);
    const unlimited = changed((_, config) => Object.assign(config, { model_max_length: 1e30 }));
    expect((await open(unlimited)).maxTokens).toBe(Number.POSITIVE_INFINITY);
    expect((await open(unlimited, { maxPositions: 64 })).maxTokens).toBe(64);
  });

  it("truncation and padding stored in tokenizer.json do not count", async () => {
    const folder = changed((definition) => {
      definition["truncation"] = { max_length: 4, strategy: "LongestFirst", stride: 0, direction: "Right" };
      definition["padding"] = {
        strategy: { Fixed: 20 },
        direction: "Right",
        pad_id: 0,
        pad_type_id: 0,
        pad_token: "[PAD]",
      };
    });
    expect((await open(folder)).encode("a b c d e f")).toHaveLength(8);
  });

  it("lower-cases first where the repository says so", async () => {
    const folder = changed((definition) => Object.assign(definition["normalizer"] ?? {}, { lowercase: false }));
    const plain = await open(folder);
    const lower = await open(folder, { lowerCase: true });
    expect([...lower.encode("The END")]).toEqual([...plain.encode("the end")]);
    expect([...plain.encode("The END")]).not.toEqual([...plain.encode("the end")]);
  });

  it("lowers a sigma as the reference does, wherever it stands", async () => {
    const tokenizer = await open(fixture("bert-mean"));
    expect([...tokenizer.encode("ΟΣ")]).toEqual([...tokenizer.encode("οσ")]);
  });

  it("a BERT tokenizer class puts its own arguments over the stored normalizer", async () => {
    const stored = await open(fixture("bert-mean"));
    const cased = { tokenizer_class: "BertTokenizer", do_lower_case: false };
    const tokenizer = await open(changed((_, config) => Object.assign(config, cased)));
    expect([...stored.encode("The END")]).toEqual([...stored.encode("the end")]);
    expect([...tokenizer.encode("The END")]).not.toEqual([...tokenizer.encode("the end")]);
  });

  it("a static embedding takes the bare tokens, however many", async () => {
    const bare = await open(fixture("bert-mean"), { specialTokens: false, maxTokens: 4 });
    expect(bare.encode("")).toHaveLength(0);
    expect(bare.encode("a b c d e f g h")).toHaveLength(8);
  });

  it("counts a prompt's tokens without the token that closes it", async () => {
    const tokenizer = await open(fixture("bert-mean"));
    expect(tokenizer.promptLength("a b c ")).toBe(4);
    expect(tokenizer.padId).toBe(0);
  });

  it("a damaged or missing file is named", async () => {
    const folder = changed(() => {});
    writeFileSync(join(folder, "tokenizer.json"), '{"model": {');
    await expect(open(folder)).rejects.toThrow(`model: ${folder}/tokenizer.json is damaged: `);
    writeFileSync(join(folder, "tokenizer.json"), '{"model": {"type": "Nonsense"}}');
    await expect(open(folder)).rejects.toThrow(`model: ${folder}/tokenizer.json cannot be used: `);
    await expect(open(folder, { folder: "elsewhere" })).rejects.toThrow(
      `model: ${folder} has no elsewhere/tokenizer.json; only fast tokenizers are read`,
    );
  });
});
