import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { openTokenizer, type Tokenizer, type TokenizerSettings } from "./tokenizer.ts";

type Json = Record<string, unknown>;

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Opens a fixture's tokenizer with a changed definition. */
async function open(
  change: (definition: Json) => Json,
  { name = "bert-mean", ...settings }: Partial<TokenizerSettings> & { name?: string } = {},
): Promise<Tokenizer> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-tokenizer-"));
  cpSync(fixture(name), folder, { recursive: true });
  const file = join(folder, "tokenizer.json");
  writeFileSync(file, JSON.stringify(change(JSON.parse(readFileSync(file, "utf8")))));
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  return openTokenizer(snapshot, { folder: "", specialTokens: true, ...settings });
}
const replace = (pattern: Json, content: string): Json => ({ type: "Replace", pattern, content });
const normalizing =
  (...normalizers: Json[]) =>
  (definition: Json): Json => ({ ...definition, normalizer: { type: "Sequence", normalizers } });
const splitting =
  (Regex: string) =>
  (definition: Json): Json => ({
    ...definition,
    pre_tokenizer: { type: "Split", pattern: { Regex }, behavior: "Isolated", invert: false },
  });

describe("a tokenizer file whose rules cost more than it shows", () => {
  it("rules that make a text grow are refused, the rule named that makes it too much", async () => {
    const growing = replace({ String: "e" }, "eeeeeeeeee");
    await expect(open(normalizing(growing, growing))).rejects.toThrow(
      "cannot be used: its normalizer can make a text more than 64 times longer, with the rule Replace e by eeeeeeeeee (see docs/safety.md)",
    );
    await expect(open(normalizing({ type: "Prepend", prepend: "x".repeat(65) }))).rejects.toThrow("the rule Prepend");
    await expect(open(normalizing(replace({ Regex: "x*" }, "y".repeat(64))))).rejects.toThrow("the rule Replace x*");
    const map = Buffer.concat([Buffer.from([4, 0, 0, 0, 0, 0, 0, 0]), Buffer.from(`short\0${"y".repeat(65)}\0`)]);
    const precompiled = { type: "Precompiled", precompiled_charsmap: map.toString("base64") };
    await expect(open(normalizing(precompiled))).rejects.toThrow("the rule Precompiled");
    await expect(open(normalizing(growing))).resolves.toBeDefined();
  });

  it("more steps than the limit are refused", async () => {
    const steps = Array.from({ length: limits.tokenizerSteps }, () => ({ type: "NFKC" }));
    await expect(open(normalizing(...steps))).rejects.toThrow(
      "its normalizer has 257 steps, the limit is 256 (see docs/safety.md)",
    );
    await expect(open(normalizing(...steps.slice(1)))).resolves.toBeDefined();
  });

  it("added tokens beyond the limit are refused", async () => {
    const content = "x".repeat(2 ** 23);
    const many = (definition: Json): Json => ({
      ...definition,
      added_tokens: [0, 1].map((id) => ({ id: 900 + id, content: `${content}${id}`, special: false })),
    });
    await expect(open(many)).rejects.toThrow(
      `its added tokens hold ${2 ** 24 + 2} characters, the limit is ${limits.addedTokens} (see docs/safety.md)`,
    );
  });

  it("an expression that is not known runs apart, with the same ids", async () => {
    const runs = String.raw`\p{L}+|\s|[^\s\p{L}]+`;
    const strange = await open(splitting(runs));
    const known = await open((definition) => ({ ...definition, pre_tokenizer: { type: "Whitespace" } }));
    const texts = ["the sun, a cat", "ten boats", ""];
    const ids = async (tokenizer: Tokenizer) => (await tokenizer.encode(texts)).map((tokens) => [...tokens.ids]);
    const blank = (await strange.encode([" "]))[0].ids[1];
    expect((await ids(strange)).map((row) => row.filter((id) => id !== blank))).toEqual(await ids(known));
    const [pair] = await (await open(splitting(runs), { maxTokens: 5 })).encode([["the sun", "a"]]);
    expect(pair.ids).toHaveLength(5);
  });

  it("an expression that goes back without end is an error, and the process goes on", async () => {
    const tokenizer = await open(splitting("(a+)+$"));
    const endless = `${"a".repeat(40)}b`;
    await expect(tokenizer.encode([endless])).rejects.toThrow(
      /its tokenizer\.json cannot encode a text: it breaks down over its regular expression \(a\+\)\+\$; write it so that/,
    );
    expect((await tokenizer.encode(["b"]))[0].ids).toHaveLength(3);
  });

  it("a definition that the library refuses is named, also apart", async () => {
    await expect(open(splitting("(a"))).rejects.toThrow("/tokenizer.json cannot be used: ");
  });
});

describe("long texts", () => {
  const long = "the sun and a cat ".repeat(8_000);

  it("have the ids that the library gives them as a whole, cut or not", async () => {
    const cut = await open((definition) => definition, { maxTokens: 12 });
    const [{ ids }, short] = await cut.encode([long, long.slice(0, 600)]);
    expect(ids).toEqual(short.ids);
    const [{ ids: all }] = await (await open((definition) => definition, { maxTokens: 1e6 })).encode([long]);
    expect(all.length).toBeGreaterThan(40_000);
    expect(all.subarray(0, 11)).toEqual(ids.subarray(0, 11));
    expect([all[0], all.at(-1)]).toEqual([ids[0], ids.at(-1)]);
  });

  it("the order of short and long ones stays", async () => {
    const tokenizer = await open((definition) => definition, { maxTokens: 12 });
    const texts = ["a", long, "the sun", `${long}.`, "cat"];
    const together = await tokenizer.encode(texts);
    for (const [i, text] of texts.entries()) expect(together[i]).toEqual((await tokenizer.encode([text]))[0]);
  });

  it("a bag's ids are counted", async () => {
    const whole = await open((definition) => definition, { specialTokens: false });
    const bag = await open((definition) => definition, { specialTokens: false, bag: true });
    const [{ ids }] = await whole.encode([long]);
    const [{ ids: distinct, counts = new Int32Array() }] = await bag.encode([long]);
    expect(new Set(distinct).size).toBe(distinct.length);
    expect(counts.reduce((sum, n) => sum + n, 0)).toBe(ids.length);
    expect([...counts]).toEqual(Array.from(distinct, (id) => ids.filter((one) => one === id).length));
  });

  it("what cannot be read piece by piece is refused beyond the limit", async () => {
    const left = (definition: Json): Json => ({
      ...definition,
      truncation: { max_length: 4, strategy: "LongestFirst", stride: 0, direction: "Left" },
    });
    const tokenizer = await open(left, { maxTokens: 12 });
    await expect(tokenizer.encode(["a ".repeat(limits.textPiece / 2 + 1)])).rejects.toThrow(
      `a text of ${limits.textPiece + 2} characters holds ${limits.textPiece} and more that this tokenizer takes as one`,
    );
  });
});
