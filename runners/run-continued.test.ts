import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import type { EncodeOptions, Encoder } from "../models/encoder.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { Unit } from "./results/result.ts";
import { toResultFile } from "./results/result-file.ts";
import { parseUnfinishedFile, toUnfinishedFile } from "./results/unfinished.ts";
import { type RunPlan, runTasks } from "./run.ts";

const subsets = ["east", "north", "west"];
const languages = Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]]));
const common = { languages, licence: "apache-2.0", reference: "https://example.org" };

/** Makes a folder with other rows for each subset of each split. */
function dataFolder(splits: readonly string[], rowOf: (place: number, i: number) => object): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-continued-"));
  const configs = subsets.map((subset, s) => {
    mkdirSync(join(folder, subset));
    const files = splits.map((split, place) => {
      const rows = Array.from({ length: 24 + 3 * s }, (_, i) => JSON.stringify(rowOf(place * 3 + s, i)));
      writeFileSync(join(folder, subset, `${split}.jsonl`), rows.join("\n"));
      return `  - split: ${split}\n    path: ${subset}/${split}.jsonl\n`;
    });
    return `- config_name: ${subset}\n  data_files:\n${files.join("")}`;
  });
  writeFileSync(join(folder, "README.md"), `---\nconfigs:\n${configs.join("")}---\n`);
  return folder;
}

const text = (place: number, i: number): string => `${"abcdefghij"[(i * 7 + place) % 10]} ${place} ${(i * i) % 17}`;

const sts: TaskSpec = {
  name: "Pairs",
  type: "STS",
  dataset: {
    path: dataFolder(["dev", "test"], (place, i) => ({
      sentence1: text(place, i),
      sentence2: text(place, i + 1),
      score: (i * 3) % 5,
    })),
    revision: "local",
  },
  splits: ["dev", "test"],
  mainScore: "cosine_spearman",
  settings: { columns: ["sentence1", "sentence2"], minScore: 0, maxScore: 5 },
  ...common,
};

/** Its label paths have other lengths in each subset, from which follows what the next one draws. */
const clustering: TaskSpec = {
  name: "Groups",
  type: "Clustering",
  dataset: {
    path: dataFolder(["test"], (place, i) => ({
      sentences: text(place, i),
      labels: [`a${i % 3}`, `b${i % 5}`, `c${i % 7}`].slice(0, 1 + ((i + place) % (place + 1))),
    })),
    revision: "local",
  },
  splits: ["test"],
  mainScore: "v_measure",
  settings: {
    textColumn: "sentences",
    labelColumn: "labels",
    maxDocuments: 20,
    maxFraction: null,
    documentsPerExperiment: 16,
    experiments: 3,
    batchSize: 8,
    maxDepth: null,
  },
  ...common,
};

/** Makes an encoder of the letters of a text; it keeps the texts of each call. */
function letterEncoder(): Encoder & { calls: (readonly string[])[] } {
  const calls: (readonly string[])[] = [];
  return {
    kind: "vectors",
    calls,
    info: {
      id: "test/letters",
      revision: "r",
      dims: 4,
      maxTokens: 8,
      parameters: 0,
      similarity: "cosine",
      prompts: { Pairs: "p: " },
      defaultPromptName: null,
      precision: "fp32",
      device: "cpu",
      threads: 1,
    },
    encode: async (texts, options: EncodeOptions = {}) => {
      calls.push(texts);
      options.onProgress?.({
        done: texts.length,
        total: texts.length,
        encoded: texts.length,
        tokens: 3 * texts.length,
      });
      const values = texts.flatMap((one) => {
        const code = one.charCodeAt(0) % 10;
        return [
          Math.sin(code * 9),
          Math.cos(code * 5),
          Math.sin(one.length + code),
          one.charCodeAt(one.length - 1) / 99,
        ];
      });
      return { data: Float32Array.from(values), rows: texts.length, dims: 4 };
    },
    close: async () => {},
  };
}

interface Given {
  readonly kept?: readonly Unit[];
  /** Stops once so many units are kept. */
  readonly stopAt?: number;
  readonly limit?: number | undefined;
  readonly numeric?: RunPlan["numeric"];
}

async function runOnce(task: TaskSpec, { kept = [], stopAt, limit, ...given }: Given = {}) {
  const encoder = letterEncoder();
  const controller = new AbortController();
  let units: readonly Unit[] = kept;
  const plan = {
    model: encoder,
    name: "test/letters",
    tasks: [task],
    backend: "official" as const,
    kernels: plainKernels,
    limit,
    ...given,
  };
  const keepings: number[] = [];
  const told: string[] = [];
  const results = await runTasks(
    { ...plan, kept: new Map([[task.name, kept]]), inputs: new Map([[task.name, { task: "t" }]]) },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1" }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      keep: async (_, now) => {
        units = [...now];
        keepings.push(now.length);
        if (now.length === stopAt) controller.abort(new Error("stopped"));
      },
      emit: (event) => {
        if (event.kind === "task-failed") throw new Error(event.message);
        if (event.kind === "finding") told.push(event.finding.kind);
      },
      now: () => 0,
      signal: controller.signal,
    },
  ).catch((error: Error) => (error.message === "stopped" ? [] : Promise.reject(error)));
  const written = results.map((result) => JSON.stringify(toResultFile(result)));
  return { file: written[0], units, keepings, told, texts: encoder.calls.flat().length };
}

const identity = {
  datasetRevision: "local",
  mtebVersion: "2",
  pramana: "1",
  precision: "fp32",
  device: "cpu",
  estimator: "official",
  vectorType: "float32",
  limit: "none",
  inputs: {},
};
/** Returns units as they come back from the file. */
const reread = (units: readonly Unit[]): readonly Unit[] =>
  parseUnfinishedFile(toUnfinishedFile({ identity, units }), "x").units;

describe.each([
  ["STS of two splits", sts, 6, undefined],
  ["clustering, whose draws go on from subset to subset", clustering, 3, undefined],
  ["STS of two splits, limited", sts, 6, 9],
  ["clustering, limited", clustering, 3, 9],
] as const)("%s", (_, task, count, limit) => {
  it("keeps its units after each but the last", async () => {
    const { keepings } = await runOnce(task, { limit });
    expect(keepings).toEqual(Array.from({ length: count - 1 }, (_none, i) => i + 1));
  });

  it("stopped after any unit and continued, gives the same file and encodes no text of a kept unit again", async () => {
    const whole = await runOnce(task, { limit });
    expect(whole.file).toContain('"texts":');
    expect(JSON.parse(whole.file as string).pramana_findings).not.toEqual([]);
    expect(whole.told).toEqual([...new Set(whole.told)]);
    for (let stopAt = 1; stopAt < count; stopAt++) {
      const stopped = await runOnce(task, { stopAt, limit });
      expect([stopped.file, stopped.units.length]).toEqual([undefined, stopAt]);
      const continued = await runOnce(task, { kept: reread(stopped.units), limit });
      expect(continued.file).toBe(whole.file);
      expect(continued.told).toEqual(whole.told);
      expect(stopped.texts + continued.texts).toBe(whole.texts);
      expect(continued.keepings[0] ?? count).toBe(Math.min(stopAt + 1, count));
    }
  });
});

it("a limit is told with what it left of all subsets, and what that allows", async () => {
  const limitOf = async (task: TaskSpec, limit?: number) =>
    JSON.parse((await runOnce(task, { limit })).file as string).pramana_run.limit;
  expect(await limitOf(sts)).toBeUndefined();
  const drawn = { most: 9, seed: 42, scored: [54, 162], interval: [expect.any(Number), expect.any(Number)] };
  expect(await limitOf(sts, 9)).toEqual(drawn);
  const { interval: _, ...limited } = drawn;
  expect(await limitOf(clustering, 9)).toMatchObject({ ...limited, scored: [27, 60], without: expect.any(String) });
});

it("a result names all hardware that its subsets were scored on, as far as they tell", async () => {
  const numeric = { onnxruntime: "1", processor: "linux/x64 avx512f", precision: "fp32" };
  const other = { ...numeric, processor: "linux/x64 avx2" };
  const classesIn = async (given: Given) =>
    JSON.parse(`${(await runOnce(sts, given)).file}`).pramana_run.numeric_classes;
  const { units } = await runOnce(sts, { numeric: other, stopAt: 2 });
  expect(await classesIn({ kept: reread(units), numeric })).toEqual([other, numeric]);
  const { units: older } = await runOnce(sts, { stopAt: 2 });
  expect(await classesIn({ kept: reread(older), numeric })).toEqual([numeric]);
  expect(await classesIn({})).toBeUndefined();
});

it("the subsets of clustering do depend on one another: alone, one has other scores", async () => {
  const scoreOf = (file: string | undefined, subset: string): number =>
    JSON.parse(file as string).scores.test.find((one: { hf_subset: string }) => one.hf_subset === subset).main_score;
  const whole = await runOnce(clustering);
  const alone = await runOnce({ ...clustering, languages: { west: ["eng-Latn"] } });
  expect(scoreOf(alone.file, "west")).not.toBe(scoreOf(whole.file, "west"));
});

describe("bitext mining whose subsets are pairs of columns", () => {
  const columns = ["d", "b", "a", "c"];
  const rowOf = (i: number): object =>
    Object.fromEntries(columns.map((column, c) => [column, `${text(c, i % 20)} ${i % 2 === 0 ? column : ""}`]));
  const folder = mkdtempSync(join(tmpdir(), "pramana-continued-"));
  for (const [split, rows] of Object.entries({ validation: 30, test: 70 })) {
    const lines = Array.from({ length: rows }, (_, i) => JSON.stringify(rowOf(i)));
    writeFileSync(join(folder, `${split}.jsonl`), lines.join("\n"));
  }
  const pairs = columns.flatMap((one) => columns.filter((other) => other !== one).map((other) => `${one}-${other}`));
  const bitext: TaskSpec = {
    ...common,
    name: "Pairs",
    type: "BitextMining",
    dataset: { path: folder, revision: "local", subsetPairs: true },
    splits: ["validation", "test"],
    languages: Object.fromEntries(pairs.map((pair) => [pair, ["eng-Latn"]])),
    mainScore: "f1",
    settings: { columns: ["sentence1", "sentence2"] },
  };
  const part = (...subsets: string[]): TaskSpec => ({
    ...bitext,
    languages: Object.fromEntries(subsets.map((subset) => [subset, ["eng-Latn"]])),
  });
  const scoresOf = (file: string | undefined): { readonly hf_subset: string }[] =>
    Object.values<{ readonly hf_subset: string }[]>(JSON.parse(file ?? "").scores).flat();

  it("encodes each column once, and counts its texts once", async () => {
    const { file, texts, told } = await runOnce(bitext);
    expect(texts).toBe(4 * (30 + 70));
    expect(JSON.parse(file ?? "").pramana_run.texts).toBe(texts);
    expect(scoresOf(file).map((row) => row.hf_subset)).toEqual([...pairs, ...pairs]);
    expect(told).toEqual(["row-repeated"]);
  });

  it("stopped wherever units are kept and continued, gives the same file", async () => {
    const whole = await runOnce(bitext);
    expect(whole.keepings).toEqual([2, 6, 12, 14, 18]);
    for (const stopAt of whole.keepings) {
      const stopped = await runOnce(bitext, { stopAt });
      expect([stopped.file, stopped.units.length]).toEqual([undefined, stopAt]);
      expect((await runOnce(bitext, { kept: reread(stopped.units) })).file).toBe(whole.file);
    }
  });

  it("continued from units in any order, gives the same file", async () => {
    const whole = await runOnce(bitext);
    const kept = (await runOnce(bitext)).units.filter((_, i) => i % 3 === 1);
    expect((await runOnce(bitext, { kept: reread(kept.toReversed()) })).file).toBe(whole.file);
  });

  it("gives a subset the same scores whatever others are asked for", async () => {
    const rows = scoresOf((await runOnce(bitext)).file);
    for (const subsets of [["b-a"], ["a-b"], ["d-c", "a-c"]]) {
      const own = await runOnce(part(...subsets));
      expect(scoresOf(own.file)).toEqual(rows.filter((row) => subsets.includes(row.hf_subset)));
      expect(own.texts).toBe(100 * new Set(subsets.join("-").split("-")).size);
    }
  });
});
