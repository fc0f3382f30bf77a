import { describe, expect, it } from "vitest";
import { type Baselines, readBaselines } from "./baselines.ts";
import { commonPlaces, isBuiltIn, officialResult, officialScores } from "./official.ts";
import { resultWith, stored, task } from "./testing/results.ts";

const own = "a".repeat(40);
const main = "b".repeat(40);
const other = "c".repeat(40);
const sts = task("STS12");

const baselines: Baselines = {
  origin: "",
  benchmark: "x",
  split: "test",
  tasks: { STS12: "default", STS13: "default" },
  models: [
    {
      ...{ model: "org/m", revision: main, parameters: null, dimensions: null, maxTokens: null },
      ...{ scores: [0.7, 0.8], scoreRevisions: { [other]: [0, 1] } },
    },
  ],
};

const found = (read: Parameters<typeof officialScores>[1], revision?: string) =>
  officialResult(sts, officialScores("org/m", read, baselines), revision)?.revision;

describe("the official result of a task", () => {
  const ofAll = [own, main, other, "external"].flatMap((revision) => stored("org/m", { STS12: 0.5 }, revision));

  it("is the one of the own revision, else of the main revision", () => {
    expect(found(ofAll, own)).toBe(own);
    expect(found(ofAll, other)).toBe(other);
    expect(found(ofAll, "d".repeat(40))).toBe(main);
    expect(found(ofAll)).toBe(main);
  });

  it("is a reported one only where no revision is named", () => {
    expect(found(stored("org/m", { STS12: 0.5 }, "external"), own)).toBe("external");
    expect(found([...stored("org/m", { STS12: 0.5 }, "external"), ...stored("org/m", { STS12: 0.6 }, other)])).toBe(
      other,
    );
  });

  it("is the built-in score where the folder has none of the task, or none that is a number", () => {
    const unlike = [
      ...stored("org/other", { STS12: 0.5 }, own),
      ...stored("org/m", { STS13: 0.5 }, own),
      ...stored("org/m", { STS12: Number.NaN }, own),
    ];
    const scores = officialScores("org/m", unlike, baselines);
    const built = officialResult(sts, scores, own);
    expect(built && isBuiltIn(built)).toBe(true);
    expect([built?.revision, built?.result.splits["test"]?.[0]?.mainScore]).toEqual([other, 0.7]);
    expect(officialResult(task("STS14"), scores, own)).toBeUndefined();
  });

  it("finds the 41 built-in scores of a published model", async () => {
    const { builtIn, mainRevision } = officialScores("BAAI/bge-base-en-v1.5", [], await readBaselines());
    expect([builtIn.length, mainRevision]).toEqual([41, "a5beb1e3e68b9ab74eb54cfd186867f64f240e1a"]);
  });
});

describe("what a task and a result have in common", () => {
  const wide = { ...sts, splits: ["validation", "test"], subsets: ["en", "de", "fr"] };

  it("is all that the task asks for where the result has it", () => {
    const all = resultWith("STS12", { validation: { en: 1, de: 1, fr: 1, es: 1 }, test: { en: 1, de: 1, fr: 1 } });
    expect(commonPlaces(wide, all.splits)).toEqual(wide);
  });

  it("is the splits with any score and the subsets with one in each of these", () => {
    const some = resultWith("STS12", { test: { en: 0.5, de: Number.NaN, es: 1 }, train: { en: 1 } });
    expect(commonPlaces(wide, some.splits)).toEqual({ ...wide, splits: ["test"], subsets: ["en"] });
    const crossed = resultWith("STS12", { validation: { en: 1 }, test: { de: 1 } });
    expect(commonPlaces(wide, crossed.splits).subsets).toEqual([]);
  });

  it("is nothing where there is no score", () => {
    expect(commonPlaces(wide, {})).toEqual({ ...wide, splits: [], subsets: [] });
  });
});
