import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { openLateInteraction } from "../models/kinds.ts";
import { readTensors } from "../models/repository/safetensors.ts";
import { openFolder } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { type ScoredInput, type ScoreOutput, scoreInput } from "./score.ts";

interface Case {
  readonly name: string;
  readonly base: string;
  readonly changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly scores: number[][];
}
interface Fixture {
  readonly queries: string[];
  readonly documents: string[];
  readonly cases: Case[];
}

const shared = sharedFolder();
const models = join(shared ?? "", "model-kinds/models");
const names = shared === undefined ? [] : readdirSync(models).filter((name) => name.startsWith("mv-"));
const fixture: Fixture = JSON.parse(
  readFileSync(fileURLToPath(new URL("../models/fixtures/late-interaction.json", import.meta.url)), "utf8"),
);

async function score(folder: string, input: ScoredInput, maxTokens?: number): Promise<ScoreOutput> {
  const options = { device: "cpu", threads: 1, ...(maxTokens && { maxTokens }) } as const;
  const model = await openLateInteraction(await openFolder(folder), options);
  const { signal } = new AbortController();
  return scoreInput(model, input, { kernels: plainKernels, signal }).finally(() => model.close());
}

const off = (made: ScoreOutput, expected: readonly (number | readonly number[])[]): number => {
  const all = expected.flat();
  return Math.max(...made.flat().map((value, i) => Math.abs(value - all[i]) / Math.max(1, Math.abs(all[i]))));
};

/** Copies a model, so that it can be changed. */
function copyOf(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-late-"));
  cpSync(join(models, name), folder, { recursive: true });
  return folder;
}

function edit(folder: string, name: string, values: Readonly<Record<string, unknown>>): void {
  const config = { ...JSON.parse(readFileSync(join(folder, name), "utf8")), ...values };
  const kept = Object.entries(config).filter(([, value]) => value !== "removed");
  writeFileSync(join(folder, name), JSON.stringify(Object.fromEntries(kept)));
}

/** Writes the tensors of files into one, under names of its own. */
async function joinTensors(target: string, files: Readonly<Record<string, string>>): Promise<void> {
  const header: Record<string, unknown> = {};
  const parts: Buffer[] = [];
  let end = 0;
  for (const [file, prefix] of Object.entries(files)) {
    const content = readFileSync(file);
    for (const [name, { offset, length, dims }] of await readTensors(file)) {
      header[prefix + name] = { dtype: "F32", shape: dims, data_offsets: [end, end + length] };
      parts.push(content.subarray(offset, offset + length));
      end += length;
    }
  }
  const text = Buffer.from(JSON.stringify(header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(target, Buffer.concat([size, text, ...parts]));
}

/** Makes a repository of ColBERT's own layout of PyLate's. */
async function stanford(metadata: object): Promise<string> {
  const folder = copyOf("mv-bert-pylate1");
  const weights = join(folder, "model.safetensors");
  await joinTensors(weights, { [weights]: "bert.", [join(folder, "1_Dense/model.safetensors")]: "" });
  for (const name of ["modules.json", "config_sentence_transformers.json", "sentence_bert_config.json", "1_Dense"]) {
    rmSync(join(folder, name), { recursive: true });
  }
  edit(folder, "config.json", { architectures: ["HF_ColBERT"] });
  writeFileSync(join(folder, "artifact.metadata"), JSON.stringify(metadata));
  return folder;
}

describe.runIf(names.length > 0)("scores by late interaction are sentence-transformers'", () => {
  it.each(names)("%s", async (name) => {
    const expected = JSON.parse(readFileSync(join(models, name, "expected.json"), "utf8"));
    const { queries, documents, similarity, orders, similarity_pairwise: pairwise } = expected;
    const rows = (await score(join(models, name), { queries, documents })) as number[][];
    expect(off(rows, similarity)).toBeLessThan(1e-5);
    const orderOf = (row: readonly number[]) => [...row.keys()].sort((a, b) => row[b] - row[a]);
    expect(rows.map(orderOf)).toEqual(orders);
    const pairs = pairwise.map((_: number, i: number) => [queries[i], documents[i]]);
    expect(off(await score(join(models, name), { pairs }), pairwise)).toBeLessThan(1e-5);
  });

  it.each(fixture.cases)("$name", async ({ base, changes, scores }) => {
    const folder = copyOf(base);
    for (const [name, values] of Object.entries(changes)) edit(folder, name, values);
    const { queries, documents } = fixture;
    expect(off(await score(folder, { queries, documents }), scores)).toBeLessThan(1e-5);
  });

  it("ColBERT's own layout, which gives the same as PyLate's of the same weights", async () => {
    const expected = JSON.parse(readFileSync(join(models, "mv-bert-pylate1/expected.json"), "utf8"));
    const folder = await stanford({ query_maxlen: 16, doc_maxlen: 40, attend_to_mask_tokens: true, dim: 16 });
    const { queries, documents, similarity } = expected;
    expect(off(await score(folder, { queries, documents }), similarity)).toBeLessThan(1e-5);
    const other = await stanford({ query_maxlen: 16, doc_maxlen: 40, attend_to_mask_tokens: false, dim: 16 });
    expect(off(await score(other, { queries, documents }), similarity)).toBeGreaterThan(1e-3);
    await expect(score(await stanford({ query_maxlen: "x" }), { pairs: [] })).rejects.toThrow(
      'the artifact.metadata config is not understood: query_maxlen is "x"',
    );
  });

  it("of documents that the user cuts shorter", async () => {
    const input = { queries: ["a man"], documents: ["a man plays a long song in the street", "a man plays a long"] };
    const [[long, short]] = (await score(join(models, "mv-bert-pylate1"), input, 8)) as number[][];
    expect(long).toBe(short);
  });

  it.each<[string, string, Readonly<Record<string, unknown>>, string | RegExp]>([
    [
      "more tokens than there are positions",
      "config_sentence_transformers.json",
      { query_length: 65 },
      /fills queries up to 65 tokens, but takes 64 \(the number of position embeddings\)/,
    ],
    [
      "padding on the left",
      "tokenizer_config.json",
      { padding_side: "left" },
      "pads on the left (tokenizer_config.json)",
    ],
    [
      "no token to fill queries up with",
      "tokenizer_config.json",
      { mask_token: null, tokenizer_class: "PreTrainedTokenizerFast" },
      "it has neither a mask token nor an end token",
    ],
  ])("a model with %s is refused", async (_, file, values, fault) => {
    const folder = copyOf("mv-bert-pylate1");
    edit(folder, file, values);
    await expect(score(folder, { pairs: [] })).rejects.toThrow(fault);
  });
});
