import { describe, expect, it } from "vitest";
import { reread, result, run, written } from "./testing/task-results.ts";

describe("the record of a run, in its result file", () => {
  it("keeps the record of the run under one key of its own", () => {
    const { encodingSeconds, ...same } = run;
    expect(written(result({ run })).pramana_run).toEqual({ ...same, encoding_seconds: encodingSeconds });
    expect(written(result())).not.toHaveProperty("pramana_run");
    expect(written(result()).scores.test[0]).not.toHaveProperty("undefined_scores");
  });

  it("keeps the GPUs of a run, and says nothing of them where there were none", () => {
    const onGpu = { ...run, device: "cuda:0,1", accelerator: "2 × NVIDIA A100-SXM4-80GB, driver 550.54.15" };
    expect(reread(result({ run: onGpu })).run).toEqual(onGpu);
    expect(written(result({ run })).pramana_run).not.toHaveProperty("accelerator");
  });

  it("keeps the form of the vectors and the two models of a pair", () => {
    const side = { model: "acme/leaf", revision: "1", parameters: 3 };
    const formed = { ...run, vectorType: "int8", bytesPerVector: 384, sides: { query: side, document: side } };
    expect(written(result({ run: formed })).pramana_run).toMatchObject({ vector_type: "int8", bytes_per_vector: 384 });
    expect(reread(result({ run: formed })).run).toEqual(formed);
  });

  it("keeps the adapters that were taken", () => {
    const adapted = { ...run, adapters: { query: "retrieval.query", document: "retrieval.passage" } };
    expect(reread(result({ run: adapted })).run).toEqual(adapted);
  });

  it("takes a record from before prompts were recorded", () => {
    const { prompts: _, ...older } = run;
    expect(reread(result({ run: older })).run).toEqual(older);
    expect(reread(result({ run })).run).toEqual(run);
  });
});
