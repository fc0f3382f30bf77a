import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();

const revision = "f950708a006825dc0b5f0b7701d464258144dbc3";
/** Scores that mteb 2.26.24 gives on the same texts and vectors. */
const reference = { MiniSTS: 0.7109366720616441, MiniClassification: 0.3985714285714286 };

/** Writes official files as mteb lays them out. */
function writeOfficial(folder: string, scores: Readonly<Record<string, number>>, model = sample, at = revision): void {
  const place = join(cwd, folder, model.replace("/", "__"), at);
  mkdirSync(place, { recursive: true });
  for (const [task, score] of Object.entries(scores)) {
    const entry = { main_score: score, hf_subset: "default", languages: ["eng-Latn"] };
    const file = { dataset_revision: "1", task_name: task, mteb_version: "2.26.24", scores: { test: [entry] } };
    writeFileSync(join(place, `${task}.json`), JSON.stringify(file));
  }
}

const ofSample = ["reproduce", "--model", sample];
const reproduce = (args: readonly string[]) => pramana([...ofSample, ...args]);

describe("pramana reproduce", () => {
  it("runs the tasks of a benchmark that have official scores, and ends with 0 where all are reproduced", async () => {
    writeOfficial("official", reference);
    const { code, out, err } = await pramanaProcess([...ofSample, "--benchmark", "pramana-mini", "--results", "same"]);
    expect(code).toBe(0);
    expect(out).toContain(
      `${sample} at f950708 against the official scores of ${sample}, differences in points\n\n| Task `,
    );
    expect(out).toMatch(/\| MiniSTS +\| STS +\| 71\.09 \| +71\.09 \| +-?\+?0\.000\d \| +0\.01 \| reproduced \| — +\|/);
    expect(out).toMatch(/\| MiniClassification \| .* \| +0\.05 \| reproduced \|/);
    expect(out).toMatch(/\n2 of 2 tasks reproduced; largest absolute difference 0\.000\d points/);
    expect(err).toContain(`left out, without an official score of ${sample}: MiniClustering, MiniPairClassification`);
    expect(readdirSync(join(cwd, "same/pramana__static-minilm-128", revision)).sort()).toEqual([
      "MiniClassification.json",
      "MiniClassification.samples.parquet",
      "MiniSTS.json",
      "MiniSTS.samples.parquet",
      "model_meta.json",
    ]);
  });

  it("ends with 1 where a stored score is off, unless the tolerance is as large", async () => {
    writeOfficial("off", { ...reference, MiniSTS: reference.MiniSTS + 0.003 });
    const args = ["--official", "off", "--stored", "--results", "same", "--tasks", "MiniSTS,MiniClassification"];
    const { code, out, err } = await reproduce([...args, "--format", "json"]);
    expect([code, err]).toEqual([1, ""]);
    const { tasks, ...summary } = JSON.parse(out);
    expect(summary).toMatchObject({
      model: sample,
      revision,
      reproduced: 1,
      differing: 1,
      missing: 0,
      explanations: [],
      versions: [],
    });
    expect(tasks[0]).toMatchObject({ task: "MiniSTS", verdict: "differs", officialRevision: revision });
    expect(tasks[0].difference).toBeCloseTo(-0.3, 3);
    expect((await reproduce([...args, "--tolerance", "0.31"])).code).toBe(0);
  });

  it("ends with 1 where a result is missing", async () => {
    writeOfficial("more", { ...reference, MiniClustering: 0.5 });
    const args = ["--official", "more", "--stored", "--results", "same", "--benchmark", "pramana-mini"];
    const { code, out } = await reproduce(args);
    expect(code).toBe(1);
    expect(out).toMatch(/\| MiniClustering +\| Clustering +\| +— \| +50\.00 \| +— \| +0\.1 \| no result +\|/);
    expect(out).toContain("2 of 3 tasks reproduced, 1 without a result;");
  });

  it("tells where the official score is of other revisions", async () => {
    writeOfficial("older", { MiniSTS: reference.MiniSTS }, sample, "b".repeat(40));
    const { code, out } = await reproduce([
      ...["--official", "older", "--stored", "--results", "same", "--tasks", "MiniSTS"],
    ]);
    expect(code).toBe(0);
    expect(out).toMatch(/\| reproduced \| official model at bbbbbbb +\|/);
  });

  it("--explain finds the prompts that the official run did not have", async () => {
    writeFileSync(join(cwd, "none.json"), "{}");
    const one = ["--tasks", "MiniRetrieval"];
    await pramana(["run", "--model", fixture, ...one, "--prompts", "none.json", "--results", "plain"]);
    const folder = join(cwd, "plain", "local__bert-cls[prompts=none]");
    const file = readFileSync(join(folder, readdirSync(folder)[0], "MiniRetrieval.json"), "utf8");
    const { main_score: official } = JSON.parse(file).scores.test[0];
    writeOfficial("plain-official", { MiniRetrieval: official }, "org/bert");
    const args = ["reproduce", "--model", fixture, "--as", "org/bert", "--official", "plain-official", ...one];
    const { code, out } = await pramana([...args, "--results", "prompted", "--explain"]);
    expect(code).toBe(1);
    expect(out).toMatch(/\| MiniRetrieval +\| Retrieval .* differs +\| official model at f950708 +\|/);
    expect(out).toMatch(/\nMiniRetrieval, official [\d.]+: without prompts lands within the tolerance\n/);
    expect(out).toMatch(/\| without prompts +\| +[\d.]+ \| +0\.0000 \|/);
    expect(readdirSync(join(cwd, "prompted"))).toEqual(["local__bert-cls"]);
  });

  it("--explain names what transformers 4 and 5 make of the model, and where the rest is shown", async () => {
    cpSync(fixture.replace("bert-cls", "xlm-roberta-instruct"), join(cwd, "xlmr"), { recursive: true });
    const path = join(cwd, "xlmr/tokenizer_config.json");
    const settings = { ...JSON.parse(readFileSync(path, "utf8")), tokenizer_class: "XLMRobertaTokenizer" };
    writeFileSync(path, JSON.stringify(settings));
    writeOfficial("xlmr-official", { MiniSTS: 0.99 }, "org/xlmr");
    const args = ["--model", "./xlmr", "--as", "org/xlmr", "--official", "xlmr-official", "--tasks", "MiniSTS"];
    const { out, err } = await pramana(["reproduce", ...args, "--results", "xlmr-results", "--explain"]);
    expect(out).toContain("Official scores may be of transformers 4 or 5, which differ for this model:");
    expect(out).toMatch(/- token ids: of .* transformers 5 makes others by the same files/);
    expect(err).toContain(": pramana models show ./xlmr\n");
  });

  it("--explain says which variants a model has not", async () => {
    const args = ["--official", "off", "--results", "same", "--tasks", "MiniSTS", "--stored", "--explain", "MiniSTS"];
    const { code, out } = await reproduce(args);
    expect(code).toBe(1);
    expect(out).toMatch(/MiniSTS, official 71\.39: no variant takes away a tenth of the difference/);
    expect(out).toMatch(/\| bf16 +\| +— \| +— \| precision: .* is a table of vectors, so bf16 cannot be chosen/);
  });

  it.each([
    [
      ["--model", sample, "--tasks", "MiniReranking"],
      `there is no official score of ${sample} on MiniReranking; there are scores on MiniClassification, MiniSTS; \`pramana baselines pull ${sample}\` fetches what else there is`,
    ],
    [
      ["--model", "baai/bge-base-en-v1.5"],
      'reproduce: there is no official score of baai/bge-base-en-v1.5 (did you mean "BAAI/bge-base-en-v1.5"?); there are scores of BAAI/',
    ],
    [
      ["--model", sample, "--tasks", "MiniSTS", "--explain", "MiniST"],
      '--explain: MiniST is none of the compared tasks (did you mean "MiniSTS"?); they are MiniSTS',
    ],
    [["--model", sample, "--official", "nowhere"], "results: there is no folder nowhere in "],
    [
      ["--model", sample, "--tasks", "MiniSTS", "--stored", "--results", "official", "--revision", "0123"],
      `--stored: official holds no result of ${sample} at 0123`,
    ],
    [["--model", sample, "--tolerance", "-1"], "A number of points, 0 or above, was expected."],
    [["--model", sample, "--stored", "--precision", "bf16"], "cannot be used with option"],
    [
      ["--model", `${sample}[limit=50]`, "--stored"],
      "has scores of at most 50 units of each subset; official scores are",
    ],
    [["--model", sample, "--as", `${sample}[int8,limit=5]`], "[int8,limit=5] has scores of at most 5 units"],
  ])("%j is wrong usage: status 2, and a way out", async (args, message) => {
    writeOfficial("official", reference);
    const { code, out, err } = await pramana(["reproduce", ...args]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});
