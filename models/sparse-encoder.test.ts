import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { describeRepository } from "./describe.ts";
import { openSparse } from "./open-sparse.ts";
import type { SparseEncoder } from "./sparse-encoder.ts";
import { joinSparseRows, sparseRow } from "./sparse-matrix.ts";
import { openFolder } from "./testing/checkpoint.ts";

interface Vector {
  readonly indices: number[];
  readonly values: number[];
}
interface Case {
  readonly max_active_dims: number | null;
  readonly query: { readonly prompt: string; readonly embeddings: Vector[] };
  readonly document: { readonly prompt: string; readonly embeddings: Vector[] };
  readonly none?: { readonly embeddings: Vector[] };
}
interface Expected {
  readonly dimension: number;
  readonly similarity_fn_name: string;
  readonly max_active_dims: number | null;
  readonly queries: string[];
  readonly documents: string[];
  readonly cases: Case[];
}

const shared = sharedFolder();
const models = join(shared ?? "", "model-kinds/models");
const folders = shared === undefined ? [] : readdirSync(models).filter((name) => name.startsWith("sparse-"));

const opened: SparseEncoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((model) => model.close()))));

async function open(folder: string): Promise<SparseEncoder> {
  const model = await openSparse(await openFolder(folder), { device: "cpu", threads: 1 });
  opened.push(model);
  return model;
}

/** Copies a repository, with other values in one of its JSON files. */
function copyWith(name: string, file: string, values: Readonly<Record<string, unknown>>): string {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-sparse-")), name);
  cpSync(join(models, name), folder, { recursive: true });
  const path = join(folder, file);
  const changed = { ...JSON.parse(readFileSync(path, "utf8")), ...values };
  chmodSync(path, 0o600);
  writeFileSync(path, JSON.stringify(changed));
  return folder;
}

describe.runIf(folders.length > 0)("sparse vectors are sentence-transformers'", () => {
  it.each(folders)("%s", async (name) => {
    const expected: Expected = JSON.parse(readFileSync(join(models, name, "expected.json"), "utf8"));
    for (const { query, document, none, max_active_dims: limit } of expected.cases) {
      // A limit of the call is written into the config here.
      const limited = () => copyWith(name, "config_sentence_transformers.json", { max_active_dims: limit });
      const model = await open(limit === null ? join(models, name) : limited());
      const { dims, maxActive } = model.info;
      expect([dims, model.info.similarity]).toEqual([expected.dimension, expected.similarity_fn_name]);
      expect(maxActive).toBe(limit ?? expected.max_active_dims ?? Number.POSITIVE_INFINITY);
      const sides = [
        [expected.queries, { role: "query", prompt: query.prompt }, query.embeddings],
        [expected.documents, { role: "document", prompt: document.prompt }, document.embeddings],
        ...(none ? [[expected.documents, {}, none.embeddings] as const] : []),
      ] as const;
      for (const [texts, options, vectors] of sides) {
        const together = await model.encode(texts, options);
        const apart = await Promise.all(texts.map((text) => model.encode([text], options)));
        for (const made of [
          together,
          joinSparseRows(
            apart.map((one) => sparseRow(one, 0)),
            dims,
          ),
        ]) {
          vectors.forEach(({ indices, values }, row) => {
            const vector = sparseRow(made, row);
            expect([...vector.indices]).toEqual(indices);
            expect(Math.max(0, ...values.map((value, i) => Math.abs(value - vector.values[i])))).toBeLessThan(1e-5);
          });
        }
      }
    }
  });
});

describe.runIf(folders.length > 0)("a description", () => {
  it("tells a limit, and a head", async () => {
    const told = async (name: string) => describeRepository(await openFolder(join(models, name)));
    const csr = await told("sparse-csr");
    expect(csr).toMatchObject({ kind: "sparse", refused: [], dims: 128, similarity: "dot", maxActive: 12 });
    const splade = await told("sparse-splade-bert");
    expect(splade).toMatchObject({ refused: [], notes: [], dims: 400, maxActive: null });
    expect(splade.modules[0]).toMatchObject({ type: "Transformer", head: "of the vocabulary" });
    expect((await told("sparse-router-static")).routes.map(({ name, dims }) => [name, dims])).toEqual([
      ["query", 400],
      ["document", 400],
    ]);
  });
});

describe.runIf(folders.length > 0)("repositories are refused", () => {
  const refusal = (folder: string) => expect(open(folder)).rejects;

  it("whose logits are not pooled, or whose tokens are pooled as if they were logits", async () => {
    const bare = { transformer_task: "feature-extraction", module_output_name: "token_embeddings" };
    const modality_config = { text: { method: "forward", method_output_name: "last_hidden_state" } };
    await refusal(copyWith("sparse-splade-bert", "sentence_bert_config.json", { ...bare, modality_config })).toThrow(
      "its module SpladePooling needs logits of a vocabulary, which no module before it makes",
    );
  });

  it("whose tokenizer has tokens for which there is no value", async () => {
    const folder = join(models, "sparse-router-static/query_0_SparseStaticEmbedding/tokenizer.json");
    const definition = JSON.parse(readFileSync(folder, "utf8"));
    const added = { id: 400, content: "beyond", single_word: false, lstrip: false, rstrip: false, normalized: false };
    await refusal(
      copyWith("sparse-router-static", "query_0_SparseStaticEmbedding/tokenizer.json", {
        added_tokens: [...definition.added_tokens, { ...added, special: false }],
      }),
    ).toThrow(
      "gives a value for each of 400 tokens (SparseStaticEmbedding in query_0_SparseStaticEmbedding), and its tokenizer.json has the token beyond with the id 400; expected a vocabulary that matches the weights",
    );
  });

  it("whose routes number their tokens differently", async () => {
    const path = "query_0_SparseStaticEmbedding/tokenizer.json";
    const { model } = JSON.parse(readFileSync(join(models, "sparse-router-static", path), "utf8"));
    const [[first, a], [second, b]] = Object.entries(model.vocab).slice(-2);
    const other = { ...model, vocab: { ...model.vocab, [first]: b, [second]: a } };
    await refusal(copyWith("sparse-router-static", path, { model: other })).toThrow(
      /has the token \S+ with the id \d+ on its route query, with \d+ on document; expected one vocabulary/,
    );
  });

  it("that are asked to run an exported graph", async () => {
    const snapshot = await openFolder(join(models, "sparse-splade-bert"));
    await expect(openSparse(snapshot, { device: "cpu", threads: 1, exported: true })).rejects.toThrow(
      "leave --onnx out",
    );
  });
});
