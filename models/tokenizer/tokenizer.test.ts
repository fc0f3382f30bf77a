import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { openTokenizer, type Tokenizer, type TokenizerSettings } from "./tokenizer.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const hub = hubSettings({ HF_HUB_OFFLINE: "1" });
const open = async (folder: string, settings: Partial<TokenizerSettings> = {}) =>
  openTokenizer(await openSnapshot({ kind: "model", id: folder }, hub), {
    folder: "",
    specialTokens: true,
    ...settings,
  });

type Fields = Record<string, Record<string, unknown>>;

/** Tokenizes one text. */
const idsOf = async (tokenizer: Tokenizer, text: string): Promise<number[]> => [
  ...(await tokenizer.encode([text]))[0].ids,
];

/** Copies a fixture and changes its tokenizer files. */
function changed(change: (definition: Fields, config: Fields) => void, name = "bert-mean"): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-tokenizer-"));
  cpSync(fixture(name), folder, { recursive: true });
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
      const ids = await tokenizer.encode(texts.map((text: string) => prompt + text));
      expect(ids.map((row) => [...row.ids])).toEqual(expected);
    }
  });

  it("reads two texts as one input: ids and types are transformers', the longer text cut first", async () => {
    const expected = JSON.parse(readFileSync(join(fixture("bert-pairs"), "pairs.json"), "utf8"));
    const tokenizer = await open(fixture("bert-pairs"), { maxTokens: expected.max_tokens });
    const found = await tokenizer.encode(expected.pairs);
    expect(found.map(({ ids }) => [...ids])).toEqual(expected.token_ids);
    expect(found.map(({ types }) => [...(types ?? [])])).toEqual(expected.token_type_ids);
    expect((await tokenizer.encode(["a"]))[0]).not.toHaveProperty("types");
  });

  it("cuts to the limit, special tokens counted, from the side that the config names", async () => {
    const long = "a b c d e f g h i j";
    const right = await open(fixture("bert-mean"), { maxTokens: 6 });
    const whole = await idsOf(await open(fixture("bert-mean")), long);
    expect(await idsOf(right, long)).toEqual([...whole.slice(0, 5), whole.at(-1)]);
    const left = await open(
      changed((_, config) => Object.assign(config, { truncation_side: "left" })),
      { maxTokens: 6 },
    );
    expect(await idsOf(left, long)).toEqual([whole[0], ...whole.slice(-5)]);
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

  it("no limit exceeds the positions that a model has embeddings for", async () => {
    const positions = { maxPositions: 66, learnedPositions: 64 };
    const unlimited = changed((_, config) => Object.assign(config, { model_max_length: 1e30 }));
    expect((await open(unlimited, positions)).maxTokens).toBe(64);
    expect((await open(unlimited, { ...positions, maxTokens: 66 })).maxTokens).toBe(64);
  });

  it("a limit that leaves no room for a text is refused", async () => {
    const folder = fixture("bert-mean");
    await expect(open(folder, { maxTokens: 2 })).rejects.toThrow(
      `model: ${folder} takes 2 tokens, of which 2 are special ones`,
    );
  });

  it("truncation and padding stored in tokenizer.json do not count, but for the side", async () => {
    const stored = (direction: string) =>
      changed((definition) => {
        definition["truncation"] = { max_length: 4, strategy: "LongestFirst", stride: 0, direction };
        definition["padding"] = {
          strategy: { Fixed: 20 },
          direction: "Right",
          pad_id: 0,
          pad_type_id: 0,
          pad_token: "[PAD]",
        };
      });
    const whole = await idsOf(await open(stored("Left")), "a b c d e f");
    expect(whole).toHaveLength(8);
    expect(await idsOf(await open(stored("Left"), { maxTokens: 4 }), "a b c d e f")).toEqual([2, ...whole.slice(-3)]);
    expect(await idsOf(await open(stored("Right"), { maxTokens: 4 }), "a b c d e f")).toEqual([
      ...whole.slice(0, 3),
      3,
    ]);
  });

  it("lower-cases first where the repository says so, special tokens left alone", async () => {
    const folder = changed((definition) => Object.assign(definition["normalizer"] ?? {}, { lowercase: false }));
    const plain = await open(folder);
    const lower = await open(folder, { lowerCase: true });
    expect(await idsOf(lower, "The END")).toEqual(await idsOf(plain, "the end"));
    expect(await idsOf(plain, "The END")).not.toEqual(await idsOf(plain, "the end"));
    expect(await idsOf(lower, "[MASK]")).toEqual([2, 4, 3]);
  });

  it("a static embedding takes the bare tokens, however many", async () => {
    const bare = await open(fixture("bert-mean"), { specialTokens: false, maxTokens: 4 });
    expect(await idsOf(bare, "")).toHaveLength(0);
    expect(await idsOf(bare, "a b c d e f g h")).toHaveLength(8);
  });

  it("a static embedding keeps the blank that tokenizer.json puts before a text, whose class would take it away", async () => {
    const folder = changed(
      (definition) => Object.assign(definition["pre_tokenizer"], { add_prefix_space: true }),
      "lfm2-bidirectional-attention",
    );
    // Python's tokenizers 0.23.3, of the same file.
    expect(await idsOf(await open(folder, { specialTokens: false }), "over the")).toEqual([546, 279]);
  });

  it("a static embedding keeps the truncation that tokenizer.json brings, for long texts too", async () => {
    const cut = (truncation: object) =>
      open(
        changed((definition) => Object.assign(definition, { truncation: { stride: 0, ...truncation } })),
        { specialTokens: false, bag: true },
      );
    const whole = await idsOf(await open(fixture("bert-mean"), { specialTokens: false }), "a b c d e f");
    const right = await cut({ max_length: 4, strategy: "LongestFirst", direction: "Right" });
    expect(await idsOf(right, "a b c d e f")).toEqual(whole.slice(0, 4));
    expect(await idsOf(right, `a b c d e f${" x".repeat(40_000)}`)).toEqual(whole.slice(0, 4));
    expect((await right.encode([`a a a a${" x".repeat(40_000)}`]))[0].ids).toHaveLength(4);
    const left = await cut({ max_length: 4, strategy: "OnlyFirst", direction: "Left" });
    expect(await idsOf(left, "a b c d e f")).toEqual(whole.slice(2));
    for (const odd of [{ max_length: "4" }, { max_length: 4, strategy: "OnlySecond" }, {}]) {
      await expect(cut(odd)).rejects.toThrow("/tokenizer.json cannot be used: its truncation is {");
    }
  });

  it("counts a prompt's tokens without the token that closes it", async () => {
    const tokenizer = await open(fixture("bert-mean"));
    expect(await tokenizer.promptLength("a b c ")).toBe(4);
    expect(tokenizer.padId).toBe(0);
  });

  it("a damaged or missing file is named", async () => {
    const folder = changed(() => {});
    writeFileSync(join(folder, "tokenizer.json"), '{"model": {');
    await expect(open(folder)).rejects.toThrow(`model: ${folder}/tokenizer.json is damaged: `);
    writeFileSync(join(folder, "tokenizer.json"), '{"model": {"type": "Nonsense"}}');
    await expect(open(folder)).rejects.toThrow(`model: ${folder}/tokenizer.json cannot be used: `);
    await expect(open(folder, { folder: "elsewhere" })).rejects.toThrow(
      `model: ${folder} has no elsewhere/tokenizer.json; without it only BERT's vocab.txt is read`,
    );
  });
});
