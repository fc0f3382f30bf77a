import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { NotFetched, type Snapshot } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { describeRepository } from "./describe.ts";
import { openRepository } from "./index.ts";
import { openFolder } from "./testing/checkpoint.ts";

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Copies a fixture under a name, and changes files of it: keys that are undefined go. */
function copyOf(name: string, changes: Readonly<Record<string, object>> = {}, as = name): string {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-describe-")), as);
  cpSync(fixture(name), folder, { recursive: true });
  for (const [file, values] of Object.entries(changes)) {
    const path = join(folder, file);
    writeFileSync(path, JSON.stringify({ ...(existsSync(path) ? json(path) : {}), ...values }));
  }
  return folder;
}

type Options = Parameters<typeof describeRepository>[1];
const described = async (folder: string, options?: Options) => describeRepository(await openFolder(folder), options);

/** A snapshot whose weights are not there to be looked at. */
async function withoutWeights(folder: string): Promise<Snapshot> {
  const snapshot = await openFolder(folder);
  const resolve = async (path: string): Promise<string> => {
    if (/\.(safetensors|bin)$/.test(path)) throw new NotFetched(`${path} is not fetched`);
    return snapshot.resolve(path);
  };
  return { ...snapshot, resolve };
}

describe("the description of a repository", () => {
  it("tells all that is decided about it", async () => {
    const { keys, ...facts } = await described(fixture("bert-mean"));
    expect(facts).toEqual({
      id: fixture("bert-mean"),
      revision: "local",
      refused: [],
      notes: [],
      unseen: [],
      routes: [],
      adapters: null,
      versions: [],
      architecture: {
        modelType: "bert",
        classes: ["BertModel"],
        layers: 3,
        hidden: 48,
        attention: { sees: "both ways", windows: [], by: "as its family does: model_type=bert" },
      },
      weights: [
        { form: "safetensors", files: ["model.safetensors"], bytes: 352_280, parameters: 86_640, storedType: "float" },
      ],
      modules: [
        { type: "Transformer", folder: "", lowerCase: false, fewerLayers: false },
        { type: "Pooling", modes: ["mean"], includePrompt: true },
        { type: "Normalize" },
      ],
      dims: 48,
      kind: "dense",
      toldBy: "model_type of config_sentence_transformers.json, SentenceTransformer",
      similarity: "cosine",
      maxActive: null,
      scores: null,
      interaction: null,
      tokenizer: {
        className: "PreTrainedTokenizerFast",
        writtenBy: 4,
        truncationSide: "right",
        maxTokens: 48,
        maxTokensFrom: "model_max_length of tokenizer_config.json",
        ends: { before: [{ id: 2, token: "[CLS]" }], after: [{ id: 3, token: "[SEP]" }] },
        chatTemplate: null,
      },
      prompting: { prompts: { query: "", document: "" }, defaultPromptName: null, promptSource: "repository" },
    });
    expect(keys["config.json"].read).toContain("hidden_act");
    expect(keys["config.json"].read).toContain("architectures");
    expect(keys["config.json"].other).toContain("initializer_range");
    expect(keys["tokenizer_config.json"].read).toContain("model_max_length");
    expect(keys["tokenizer_config.json"].other).toContain("clean_up_tokenization_spaces");
    expect(keys["sentence_bert_config.json"].other).toEqual([]);
    expect(keys["sentence_bert_config.json"].read).toContain("modality_config");
  });

  it.each<[string, string, Options, string, string]>([
    ["gemma3-bidirectional", "own", {}, "both ways", "use_bidirectional_attention=true, by config.json"],
    [
      "gemma3-bidirectional",
      "own",
      { config: { use_bidirectional_attention: false } },
      "only back",
      "use_bidirectional_attention=false, by --model-config",
    ],
    [
      "gemma3-bidirectional",
      "Tarka-Embedding-150M-V1",
      {},
      "both ways",
      "use_bidirectional_attention=true, by the table of known repositories",
    ],
    ["lfm2-bidirectional-attention", "own", {}, "both ways", "is_causal=false, by its pooling"],
  ])(
    "says who decides which way the attention of %s, called %s, looks, with %j",
    async (name, as, options, sees, by) => {
      const silent = by.endsWith("by config.json") ? {} : { use_bidirectional_attention: undefined };
      const folder = copyOf(name, { "config.json": { ...silent, is_causal: undefined } }, as);
      const { architecture, notes, refused } = await described(folder, options);
      expect(refused).toEqual([]);
      expect(architecture?.attention).toMatchObject({ sees, by });
      expect(notes).toHaveLength(by.endsWith("pooling") ? 1 : 0);
    },
  );

  it.each<[string, Options, object, number, string]>([
    ["an option", { maxTokens: 5 }, {}, 5, "--max-tokens"],
    ["the tokenizer", {}, { max_seq_length: null }, 48, "model_max_length of tokenizer_config.json"],
    ["the number of positions", {}, { max_seq_length: 1000 }, 64, "the number of position embeddings"],
  ])("says that %s decides the longest input", async (_, options, settings, tokens, from) => {
    const folder = copyOf("bert-mean", { "sentence_bert_config.json": settings });
    const { tokenizer } = await described(folder, options);
    expect(tokenizer).toMatchObject({ maxTokens: tokens, maxTokensFrom: from });
  });

  it("tells in what transformers 4 and 5 differ", async () => {
    const settings = { tokenizer_class: "XLMRobertaTokenizer" };
    const changes = { "tokenizer_config.json": settings, "config.json": { dtype: "bfloat16" } };
    const { versions } = await described(copyOf("xlm-roberta-instruct", changes));
    expect(versions).toEqual([
      'token ids: of "  two  blanks\\n\\nand lines\\t" transformers 5 makes others by the same files; here they are those of 4, which wrote the files',
      "precision: transformers 5 computes in bf16, 4 in fp32; here --precision bf16 does what 5 does",
    ]);
    const stored = await described(copyOf("xlm-roberta-instruct", { "config.json": { dtype: undefined } }));
    expect(stored.versions).toEqual([]);
    const put = { ...settings, backend: "tokenizers" };
    const byHand = await described(copyOf("xlm-roberta-instruct", { "tokenizer_config.json": put }));
    expect(byHand.versions).toEqual([
      expect.stringContaining("those of tokenizer.json, to which its class does not keep"),
    ]);
  });

  it("tells what is refused, and the rest all the same", async () => {
    const changes = { "config.json": { hidden_act: "gelu_11" }, "tokenizer_config.json": { pad_token: null } };
    const folder = copyOf("bert-mean", changes);
    rmSync(join(folder, "special_tokens_map.json"));
    const { refused, tokenizer, architecture, dims, prompting } = await described(folder);
    expect(refused).toEqual([expect.stringContaining("the activation gelu_11 is not known")]);
    expect(tokenizer?.maxTokens).toBe(48);
    expect(architecture).toMatchObject({ layers: 3, attention: null });
    expect(dims).toBeNull();
    expect(prompting).not.toBeNull();
  });

  it("tells of a tokenizer that cannot encode a text", async () => {
    const folder = copyOf("bert-mean");
    const path = join(folder, "tokenizer.json");
    const vocab = { "[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4 };
    const model = { type: "WordLevel", vocab, unk_token: "[none]" };
    writeFileSync(path, JSON.stringify({ ...json(path), model }));
    const { refused, tokenizer } = await described(folder);
    expect(refused).toEqual([expect.stringContaining("its tokenizer.json cannot encode a text: WordLevel error")]);
    expect(tokenizer?.ends).toBeNull();
  });

  it("tells of unknown modules what the config, the weights and the prompts say", async () => {
    const folder = copyOf("bert-mean");
    writeFileSync(join(folder, "modules.json"), JSON.stringify([{ path: "", type: "own.Module" }]));
    const { refused, architecture, weights, modules, prompting } = await described(folder);
    expect(refused).toEqual([expect.stringContaining("has a module of the type own.Module")]);
    expect(architecture).toMatchObject({ modelType: "bert", layers: 3, hidden: 48, attention: null });
    expect(weights).toMatchObject([{ parameters: 86_640 }]);
    expect(modules).toEqual([]);
    expect(prompting).not.toBeNull();
  });

  it("takes weights that are not there for those of the config", async () => {
    const { refused, unseen, dims, weights, architecture } = await describeRepository(
      await withoutWeights(fixture("bert-dense-student")),
    );
    expect({ refused, weights }).toEqual({ refused: [], weights: [] });
    expect(unseen).toEqual(["model.safetensors is not fetched", "2_Dense/model.safetensors is not fetched"]);
    expect(dims).toBe((await described(fixture("bert-dense-student"))).dims);
    expect(architecture?.attention?.sees).toBe("both ways");
  });
});

const shared = sharedFolder();
const cases = shared === undefined ? "" : join(shared, "cases/models");

describe.skipIf(cases === "")("repositories as people save them (../shared/cases/models)", () => {
  const folders =
    cases === "" ? [] : readdirSync(cases).filter((name) => existsSync(join(cases, name, "expected.json")));

  it.each(folders)("%s is described as it is run", async (name) => {
    const folder = join(cases, name);
    const { refused, notes, dims, similarity, tokenizer, prompting } = await described(folder);
    const lines: string[] = [];
    const opening = openRepository(await openFolder(folder), {
      device: "cpu",
      threads: 1,
      warn: (line) => lines.push(line),
    });
    if (refused.length > 0) {
      await expect(opening).rejects.toThrow(refused[0]);
      return;
    }
    const { info, close } = await opening;
    await close();
    expect(notes).toEqual(lines);
    expect({ dims, similarity, ...prompting }).toEqual({
      dims: info.dims,
      similarity: info.similarity,
      prompts: info.prompts,
      defaultPromptName: info.defaultPromptName,
      ...(info.promptSource ? { promptSource: info.promptSource } : {}),
      ...(info.instruct ? { instruct: info.instruct } : {}),
    });
    expect(tokenizer?.maxTokens ?? Number.POSITIVE_INFINITY).toBe(info.maxTokens);
  });

  it.each(folders.filter((name) => name.startsWith("arch-")))("%s is described without its weights", async (name) => {
    const { refused, dims, architecture } = await describeRepository(await withoutWeights(join(cases, name)));
    const seen = await described(join(cases, name));
    expect({ refused, dims, architecture }).toEqual({ refused: [], dims: seen.dims, architecture: seen.architecture });
  });
});
