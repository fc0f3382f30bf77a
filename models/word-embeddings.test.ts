import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";
import type { ModelOptions } from "./open-modules.ts";
import { openFolder, safetensorsOf } from "./testing/checkpoint.ts";

interface Case {
  readonly files: Readonly<Record<string, object>>;
  /** Null stands for minus infinity, the maximum of nothing. */
  readonly vectors: readonly (readonly (number | null)[])[];
  /** Behind the prompt "river: ". */
  readonly prompted: readonly (readonly (number | null)[])[];
}
const { texts, table, cases }: { texts: string[]; table: number[][]; cases: Case[] } = JSON.parse(
  readFileSync(new URL("fixtures/words.json", import.meta.url), "utf8"),
);

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

/** Opens a case's model, some of whose files say something else. */
async function open(
  { files }: Case,
  changed: Readonly<Record<string, object>> = {},
  options: Partial<ModelOptions> = {},
  rows = table,
): Promise<Encoder> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-words-"));
  for (const [path, content] of Object.entries({ ...files, ...changed })) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify({ ...files[path], ...content }));
    if (path === "modules.json") writeFileSync(join(folder, path), JSON.stringify(content));
  }
  const shapes = { "emb_layer.weight": [rows.length, rows[0].length] };
  const weights = safetensorsOf(shapes, () => Float32Array.from(rows.flat()));
  writeFileSync(join(folder, "0_WordEmbeddings/model.safetensors"), weights);
  const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1, ...options });
  opened.push(encoder);
  return encoder;
}

function expectClose(found: Float32Array, expected: readonly (number | null)[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) {
    if (value === null) expect(found[i]).toBe(Number.NEGATIVE_INFINITY);
    else expect(Math.abs(found[i] - value)).toBeLessThan(1e-6);
  }
}

describe("WordEmbeddings, against sentence-transformers", () => {
  it.each(cases.map((one) => [JSON.stringify(one.files["1_Pooling/config.json"]), one] as const))(
    "%s",
    async (_, one) => {
      const encoder = await open(one);
      expect(encoder.info).toMatchObject({ precision: "fp32", parameters: 36, normalized: false });
      for (const [i, text] of texts.entries()) {
        expectClose((await encoder.encode([text])).data, one.vectors[i]);
        expectClose((await encoder.encode([text], { prompt: "river: " })).data, one.prompted[i]);
      }
    },
  );

  it("texts of a batch do not meet", async () => {
    const encoder = await open(cases[0]);
    const { data } = await encoder.encode(texts);
    for (const [i, expected] of cases[0].vectors.entries()) expectClose(data.slice(3 * i, 3 * i + 3), expected);
  });

  it("a word as long as a text is looked at once", async () => {
    const encoder = await open(cases[0]);
    const long = "!".repeat(500_000);
    const { data } = await encoder.encode([`sea${long} x${long}x`, "sea"]);
    expect(data.slice(0, 3)).toEqual(data.slice(3));
  });

  it("the number of words that count can be chosen", async () => {
    const encoder = await open(cases[3], {}, { maxTokens: 1 });
    expect(encoder.info.maxTokens).toBe(1);
    const { data } = await encoder.encode(["sea river", "sea"]);
    expect(data.slice(0, 3)).toEqual(data.slice(3));
  });
});

describe("a table of words that is refused", () => {
  const config = "0_WordEmbeddings/wordembedding_config.json";
  const tokenizer = "0_WordEmbeddings/whitespacetokenizer_config.json";
  it.each<[string, Readonly<Record<string, object>>, RegExp]>([
    [
      "another tokenizer",
      { [config]: { tokenizer_class: "sentence_transformers.models.tokenizer.PhraseTokenizer.PhraseTokenizer" } },
      /wordembedding_config.json config is not understood: tokenizer_class is .* \(known is WhitespaceTokenizer\)/,
    ],
    [
      "a tokenizer of its own code",
      { [config]: { tokenizer_class: "own.WhitespaceTokenizer" } },
      /\(known is WhitespaceTokenizer\)/,
    ],
    ["an unknown key", { [config]: { trim: true } }, /trim is not known/],
    ["a vocabulary of numbers", { [tokenizer]: { vocab: [1] } }, /whitespacetokenizer_config.json is not understood: /],
    ["an unknown key of the tokenizer", { [tokenizer]: { stem: true } }, /and nothing else$/],
    [
      "the first of the words",
      { "1_Pooling/config.json": { pooling_mode: "cls" } },
      /pools the first token, which words/,
    ],
  ])("%s", async (_, changed, message) => {
    await expect(open(cases[0], changed)).rejects.toThrow(message);
  });

  it("a precision, and a table with fewer rows than words", async () => {
    await expect(open(cases[0], {}, { precision: "int8" })).rejects.toThrow(/is a table of vectors, so int8 cannot/);
    await expect(open(cases[0], {}, {}, table.slice(1))).rejects.toThrow(/has 12 words for a table of 11 rows; /);
  });
});
