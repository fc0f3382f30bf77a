import { describe, expect, it } from "vitest";
import { packed } from "./results/kept-scores.ts";
import { mainScoresFromData, onlyMainScores } from "./results/main-scores.ts";
import { hardwareOf, limitOf, type RunRecord, type Side } from "./results/result.ts";
import { parseResultFile } from "./results/result-file.ts";
import { reread, result, run, written } from "./testing/task-results.ts";

describe("the record of a run, in its result file", () => {
  it("keeps the record of the run under one key of its own", () => {
    const { encodingSeconds, ...same } = run;
    expect(written(result({ run })).pramana_run).toEqual({ ...same, encoding_seconds: encodingSeconds });
    expect(written(result())).not.toHaveProperty("pramana_run");
    expect(written(result()).scores.test[0]).not.toHaveProperty("undefined_scores");
  });

  it("keeps every key of it", () => {
    const side: Required<Side> = { model: "acme/leaf", revision: "1", parameters: 3 };
    const whole: Required<RunRecord> = {
      ...run,
      adapters: { query: "retrieval.query" },
      accelerator: "NVIDIA L4, driver 570",
      vectorType: "int8",
      bytesPerVector: 384,
      kind: "dense",
      bytesPerDocument: 400,
      inputs: { task: "0123" },
      program: "89ab",
      files: { "models/acme/leaf@1": { "config.json": "4567" } },
      firstStage: { model: "acme/first", revision: "2", topK: 100 },
      sides: { query: side, document: side },
      parts: [side],
      limit: { most: 5, seed: 42, corpora: "whole", scored: [5, 9] },
      numericClasses: [{ onnxruntime: "1.30.0", processor: "linux/x64 avx2", precision: "int8" }],
    };
    expect(reread(result({ run: whole })).run).toEqual(whole);
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

  it("keeps the kind, the bytes of a document and the models of a hybrid; main scores keep the first two", () => {
    const parts = [{ model: "acme/leaf", revision: "1", parameters: 3 }];
    const hybrid = result({ run: { ...run, kind: "hybrid", bytesPerDocument: 17.5, parts } });
    expect(reread(hybrid).run).toEqual(hybrid.run);
    const index = { kind: "hybrid", bytesPerDocument: 17.5 };
    expect(onlyMainScores(hybrid).index).toEqual(index);
    expect(mainScoresFromData(written(hybrid))?.index).toEqual(index);
  });

  it("keeps models whose number of weights is not known, of a pair and of a hybrid", () => {
    const side = { model: "http://127.0.0.1/v1", revision: "1", parameters: Number.NaN };
    for (const several of [{ sides: { query: side, document: side } }, { parts: [side, { ...side, parameters: 0 }] }]) {
      expect(reread(result({ run: { ...run, ...several } })).run).toEqual({ ...run, ...several });
    }
  });

  it("tells of older files what their vectors tell", () => {
    const index = { kind: "dense", bytesPerDocument: 384 };
    const old = result({ run: { ...run, vectorType: "int8", bytesPerVector: 384 } });
    expect(onlyMainScores(old).index).toEqual(index);
    expect(mainScoresFromData(written(old))?.index).toEqual(index);
  });

  it("keeps the adapters that were taken", () => {
    const adapted = { ...run, adapters: { query: "retrieval.query", document: "retrieval.passage" } };
    expect(reread(result({ run: adapted })).run).toEqual(adapted);
  });

  it("keeps what a limit left, and the interval that it allows; main scores keep the limit alone", () => {
    const limits: RunRecord["limit"][] = [
      { most: 100, seed: 42, scored: [100, 1379], interval: [0.61, 0.72] },
      { most: 5, seed: 42, scored: [5, 9], searched: [500, 7000], without: "fewer documents" },
    ];
    for (const limit of limits) {
      const limited = result({ run: { ...run, limit } });
      expect(reread(limited).run).toEqual({ ...run, limit });
      expect(mainScoresFromData(written(limited))).toMatchObject({ isOurs: true, limit: limit?.most });
      expect(onlyMainScores(limited)).toMatchObject({ isOurs: true, limit: limit?.most });
      expect(packed(onlyMainScores(limited))).toBeUndefined();
      expect([limitOf(limited), limitOf(onlyMainScores(limited)), limitOf(result({ run }))]).toEqual([
        ...[limit?.most, limit?.most],
        undefined,
      ]);
    }
    const file = written(result({ run: { ...run, limit: limits[0] } }));
    file.pramana_run.limit.most = "100";
    expect(mainScoresFromData(file)).toBeUndefined();
    expect(() => parseResultFile(JSON.stringify(file), "x.json")).toThrow("pramana_run.limit.most");
  });

  it("keeps what a run was scored on; main scores name its hardware alone", () => {
    const numeric = { onnxruntime: "1.30.0", processor: "linux/x64 avx2", precision: "fp16", batch: "4096" };
    const numericClasses = [
      numeric,
      { ...numeric, accelerator: "NVIDIA L4, driver 570" },
      { ...numeric, batch: "2048" },
    ];
    const mixed = result({ run: { ...run, numericClasses } });
    expect(reread(mixed).run).toEqual({ ...run, numericClasses });
    const hardware = [
      "linux/x64 avx2, ONNX Runtime 1.30.0",
      "NVIDIA L4, driver 570, linux/x64 avx2, ONNX Runtime 1.30.0",
    ];
    expect(mainScoresFromData(written(mixed))).toMatchObject({ isOurs: true, hardware });
    expect(onlyMainScores(mixed)).toMatchObject({ isOurs: true, hardware });
    for (const one of [mixed, onlyMainScores(mixed)]) expect(hardwareOf(one)).toEqual(hardware);
    for (const none of [result({ run }), result(), onlyMainScores(result({ run }))])
      expect(hardwareOf(none)).toEqual([]);
    const damaged = [[], "linux", [{ ...numeric, processor: 5 }], [{ ...numeric, accelerator: 5 }]];
    for (const numeric_classes of damaged) {
      const file = written(mixed);
      file.pramana_run.numeric_classes = numeric_classes;
      expect(mainScoresFromData(file)).toBeUndefined();
      expect(() => parseResultFile(JSON.stringify(file), "x.json")).toThrow("pramana_run.numeric_classes");
    }
  });

  it("takes a record from before prompts were recorded", () => {
    const { prompts: _, ...older } = run;
    expect(reread(result({ run: older })).run).toEqual(older);
    expect(reread(result({ run })).run).toEqual(run);
  });
});
