import { describe, expect, it } from "vitest";
import { type EncoderInfo, externalFacts } from "../../models/encoder.ts";
import { createBm25 } from "../../models/lexical/index.ts";
import { toModelMeta } from "./model-meta.ts";

const elsewhere: EncoderInfo = {
  ...externalFacts,
  id: "endpoint/host:8080/model",
  revision: "external",
  dims: 3,
  similarity: "cosine",
  device: "remote",
};

describe("the description of a model that is no repository", () => {
  it("has null for what is not known of a model behind an address", () => {
    const meta = toModelMeta({ kind: "vectors", info: elsewhere });
    expect(meta).toMatchObject({
      name: "endpoint/host:8080/model",
      embed_dim: 3,
      framework: ["API"],
      open_weights: null,
    });
    expect(meta).toMatchObject({ n_parameters: null, memory_usage_mb: null, max_tokens: null });
    expect(meta).not.toHaveProperty("model_type");
  });

  it("says of vectors from a folder no more than their length", () => {
    const meta = toModelMeta({ kind: "vectors", info: { ...elsewhere, device: "precomputed" } });
    expect(meta).toMatchObject({ embed_dim: 3, framework: [], open_weights: null, n_parameters: null });
  });

  it("says of a ranker that it has no vectors", () => {
    expect(toModelMeta(createBm25())).toMatchObject({
      name: "pramana/bm25",
      embed_dim: null,
      similarity_fn_name: null,
      n_parameters: 0,
      memory_usage_mb: 0,
      framework: [],
      open_weights: true,
      use_instructions: false,
      model_type: ["sparse"],
    });
  });
});
