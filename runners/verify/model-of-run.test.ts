import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { modelOfRun } from "./model-of-run.ts";

const commit = "c".repeat(40);
const base = { estimator: "official", cache: false };

it.each<[name: string, choice: object, prompts?: string]>([
  ["org/model", { model: "org/model", revision: commit }],
  ["org/model[precision=int8]", { model: "org/model", revision: commit, precision: "int8" }],
  [
    "org/model[is_causal=false,maxTokens=128,precision=bf16]@256d[uint8,estimator=ml,limit=50]",
    {
      ...{ model: "org/model", revision: commit, modelConfig: { is_causal: false }, maxTokens: 128, precision: "bf16" },
      ...{ dimensions: 256, quantize: "uint8", estimator: "ml", limit: 50 },
    },
  ],
  ["org/model[onnx]", { model: "org/model", revision: commit, onnx: true }],
  ["org/model[kind=sparse]", { model: "org/model", revision: commit, kind: "sparse" }],
  ["org/model[prompts=mine]", { model: "org/model", revision: commit }, "mine"],
  [
    "org/model[first-stage=org/first,top-k=30]",
    { model: "org/model", revision: commit, firstStage: "org/first", topK: 30 },
  ],
  [
    "org/model[first-stage=pramana/bm25,top-k=5]",
    { model: "org/model", revision: commit, firstStage: "bm25", topK: 5 },
  ],
  ["a/queries→b/documents@64d", { queryModel: "a/queries", documentModel: "b/documents", dimensions: 64 }],
  ["pramana/bm25", { model: "bm25" }],
])("reads how %s was run", async (name, choice, prompts) => {
  const expected = { choice: { ...base, ...choice }, ...(prompts === undefined ? {} : { prompts }) };
  expect(await modelOfRun(name, commit, undefined)).toEqual(expected);
});

it.each<[name: string, reason: RegExp]>([
  ["local/checkpoint-500", /give --model FOLDER/],
  ["endpoint/127.0.0.1:80/x", /give --model ADDRESS#NAME/],
  ["org/model[endpoint]", /give --model ADDRESS#NAME/],
  ["precomputed/vectors", /give --model precomputed:FOLDER/],
  ["a/x+b/y[fusion=rrf,k=60]", /fused rankings/],
  ["a/x[precision=int8]→b/y", /a pair of models with settings/],
  ["org/model[precision=int7]", /"precision=int7", which no option asks for/],
  ["org/model[route=query]", /"route=query"/],
])("says why %s is not opened again", async (name, reason) => {
  expect(await modelOfRun(name, commit, undefined)).toMatch(reason);
});

it("takes the place that the user names, under the name that the results have", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-model-"));
  expect(await modelOfRun("local/x", "1", folder)).toMatchObject({ choice: { ...base, model: folder } });
  expect(await modelOfRun("acme/embed", "step-5", folder)).toMatchObject({
    choice: { model: folder, name: "acme/embed", revision: "step-5" },
  });
  expect(await modelOfRun("org/model[endpoint]", "external", "http://127.0.0.1/v1#m")).toMatchObject({
    choice: { model: "http://127.0.0.1/v1#m", name: "org/model", revision: "external" },
  });
});
