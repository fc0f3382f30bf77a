import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openFolder } from "../testing/checkpoint.ts";
import { openLibrary } from "./open-library.ts";
import { type OpenTokenizer, openTokenizer } from "./tokenizer.ts";
import { specialTokens } from "./tokenizer-classes.ts";
import { asInVersion5 } from "./versions.ts";
import { withSpecialTokens } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;
interface Case {
  readonly model: string;
  readonly modelType: string;
  /** Values in place of those in tokenizer_config.json. */
  readonly settings: Json;
  /** Of transformers 4 and 5, for the same files. */
  readonly ids4: number[][];
  readonly ids5: number[][];
  /** What transformers 5 saves of the tokenizer that it makes of them. */
  readonly saved: {
    readonly parts: Json;
    readonly added: readonly Json[];
    readonly model: Json;
    readonly config: Json;
  };
}

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const { texts, cases } = json(join(fixtures, "tokenizer-versions.json")) as { texts: string[]; cases: Case[] };

/** Opens a checkpoint's tokenizer in other files; undefined takes those that it has. */
async function open(
  { model, modelType }: Case,
  { definition, config, map }: { definition?: Json; config: Json; map: boolean },
): Promise<OpenTokenizer> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-versions-"));
  const from = join(fixtures, model);
  const stored = json(join(from, "tokenizer.json"));
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify({ ...stored, ...definition }));
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify(config));
  if (map) cpSync(join(from, "special_tokens_map.json"), join(folder, "special_tokens_map.json"));
  return openTokenizer(await openFolder(folder), { folder: "", specialTokens: true, maxTokens: 1000, modelType });
}

/** Opens the files as a repository of transformers 4 has them. */
const opened4 = (one: Case): Promise<OpenTokenizer> =>
  open(one, { config: { ...json(join(fixtures, one.model, "tokenizer_config.json")), ...one.settings }, map: true });

/** Opens them as transformers 5 saves them. */
function opened5(one: Case): Promise<OpenTokenizer> {
  const { parts, added, model, config } = one.saved;
  const stored = json(join(fixtures, one.model, "tokenizer.json"));
  return open(one, {
    definition: { ...parts, added_tokens: [...stored.added_tokens, ...added], model: { ...stored.model, ...model } },
    config,
    map: false,
  });
}

const idsOf = async (tokenizer: OpenTokenizer): Promise<number[][]> =>
  (await tokenizer.encode(texts)).map(({ ids }) => [...ids]);

describe("token ids, by the version of transformers that wrote the files", () => {
  it("differ in cases of the fixture, and in others not", () => {
    const differing = cases.filter(({ ids4, ids5 }) => JSON.stringify(ids4) !== JSON.stringify(ids5));
    expect([differing.length, cases.length]).toEqual([11, 25]);
  });

  it.each(cases)("$model as $modelType with $settings: those of 4", async (one) => {
    const tokenizer = await opened4(one);
    expect(await idsOf(tokenizer)).toEqual(one.ids4);
    expect(tokenizer.writtenBy).toBe(4);
    const differs = one.ids4.some((ids, i) => String(ids) !== String(one.ids5[i]));
    expect((await tokenizer.difference()) !== undefined).toBe(differs);
  });

  it.each(cases)("$model as $modelType with $settings, saved again by 5: those of 5", async (one) => {
    const tokenizer = await opened5(one);
    expect(await idsOf(tokenizer)).toEqual(one.ids5);
    expect(tokenizer.writtenBy).toBe(5);
    expect(await tokenizer.difference()).toBeUndefined();
  });
});

describe("what transformers 5 makes of files of 4", () => {
  it.each(cases)("$model as $modelType with $settings", async (one) => {
    const from = join(fixtures, one.model);
    const config = { ...json(join(from, "tokenizer_config.json")), ...one.settings };
    const specials = json(join(from, "special_tokens_map.json"));
    const files = { definition: json(join(from, "tokenizer.json")), config, specials, modelType: one.modelType };
    const definition = withSpecialTokens(asInVersion5(files), specialTokens(files));
    const encoded = await (await openLibrary(definition)).encode(texts, { specialTokens: true });
    expect(encoded.map(({ ids }) => [...ids])).toEqual(one.ids5);
  });
});

describe("a tokenizer that sentence-transformers 6.2 made lowercase, in the files that it saves (transformers 5.5.4)", () => {
  // `do_lower_case` puts the step into tokenizer.json; the class builds its normalizer anew, without it.
  const lowercase = { type: "Sequence", normalizers: [{ type: "Lowercase" }] };
  const bytes = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };
  const pieces = [
    { type: "WhitespaceSplit" },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
  ];
  it.each([
    ["RobertaTokenizer", "roberta", "lfm2-bidirectional-attention", bytes],
    ["T5Tokenizer", "t5", "xlm-roberta-instruct", { type: "Sequence", pretokenizers: pieces }],
  ])("%s: lowercase as it was trained, and told", async (name, modelType, model, pre_tokenizer) => {
    const from = join(fixtures, model);
    const before = { ...json(join(from, "tokenizer_config.json")), tokenizer_class: name, backend: "tokenizers" };
    const { add_bos_token: _, add_eos_token: __, ...config } = before;
    const definition = { ...json(join(from, "tokenizer.json")), normalizer: lowercase };
    const one: Case = { model, modelType, settings: {}, ids4: [], ids5: [], saved: {} as Case["saved"] };
    const tokenizer = await open(one, { definition, config, map: true });
    const [upper, lower] = await tokenizer.encode(["A Plain TEXT", "a plain text"]);
    expect([...upper.ids]).toEqual([...lower.ids]);
    expect(await tokenizer.difference()).toBe("It isn't 1,234.");
    const rebuilt = asInVersion5({ definition, config, specials: {}, modelType });
    expect(rebuilt).toMatchObject({ normalizer: null, pre_tokenizer });
    expect(asInVersion5({ definition, config, specials: {}, modelType: "modernbert" })).toBe(definition);
  });
});
