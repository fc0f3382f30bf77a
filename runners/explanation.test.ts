import { describe, expect, it } from "vitest";
import { getTask } from "../tasks/index.ts";
import { asItRan, explainDifferences, planVariants, type Unexplained, type Variant } from "./explanation.ts";

const sts = getTask("STS12");
const banking = getTask("Banking77Classification");

const unexplained = (changes: Partial<Unexplained> = {}): Unexplained => ({
  task: sts,
  ours: 0.7,
  official: 0.75,
  tolerance: 0.01,
  otherPrompts: [],
  run: { precision: "fp32", estimator: "official" },
  ...changes,
});

const plan = (ones: readonly Unexplained[], maxTokens: number | null = 256) =>
  planVariants(ones, maxTokens).map(({ name, tasks }) => [name, tasks.map((task) => task.name)]);

describe("the variants of a run", () => {
  it("change what can be other: precision and limit of every task, the estimator of those that learn", () => {
    expect(plan([unexplained(), unexplained({ task: banking })])).toEqual([
      ["fp16", ["STS12", "Banking77Classification"]],
      ["bf16", ["STS12", "Banking77Classification"]],
      ["128 tokens", ["STS12", "Banking77Classification"]],
      ["512 tokens", ["STS12", "Banking77Classification"]],
      ["estimator ml", ["Banking77Classification"]],
    ]);
  });

  it("take the prompts that are known to differ, and the data revision that the official file names", () => {
    const names = plan([unexplained({ otherPrompts: ["none", "official"], officialData: "abc" })]).map(
      ([name]) => name,
    );
    expect(names.slice(0, 3)).toEqual(["official data revision", "without prompts", "prompts of the official run"]);
    const [data] = planVariants([unexplained({ officialData: "abc" })], 256);
    expect(data?.tasks).toEqual([{ ...sts, dataset: { ...sts.dataset, revision: "abc" } }]);
    expect(plan([unexplained({ officialData: sts.dataset.revision })])[0]?.[0]).toBe("fp16");
  });

  it("leave out what ran already, and limits for a model that has none", () => {
    const names = plan([unexplained({ task: banking, run: { precision: "bf16", estimator: "ml" } })], Infinity);
    expect(names.map(([name]) => name)).toEqual(["fp32", "fp16"]);
    expect(plan([unexplained()], null).map(([name]) => name)).toContain("256 tokens");
  });

  it("are none where nothing is to be explained", () => {
    expect(plan([])).toEqual([]);
  });
});

const variant = (name: string, tasks = [sts]): Variant => ({ name, change: { precision: "fp16" }, tasks });
const explainBy = async (scores: Readonly<Record<string, number | string>>, one = unexplained()) => {
  const variants = Object.keys(scores).map((name) => variant(name));
  const run = async ({ name }: Variant) => {
    const score = scores[name];
    return typeof score === "number" ? new Map([["STS12", score]]) : String(score);
  };
  const [explanation] = await explainDifferences([one], variants, run);
  if (explanation === undefined) throw new Error("nothing explained");
  return explanation;
};

describe("what explains a difference", () => {
  it("is the variant that lands within the tolerance; the nearest stands first", async () => {
    const { nearest, explains, tried } = await explainBy({ far: 0.6, there: 0.75005, near: 0.74 });
    expect([nearest, explains]).toEqual(["there", true]);
    expect(tried.map((one) => one.variant)).toEqual(["there", "near", asItRan, "far"]);
    expect(tried[2]?.difference).toBeCloseTo(-5, 10);
  });

  it("is named though it leaves a part, and is none where it takes away less than a tenth", async () => {
    expect(await explainBy({ near: 0.72 })).toMatchObject({ nearest: "near", explains: false });
    expect(await explainBy({ near: 0.7049 })).toMatchObject({ nearest: null, explains: false });
    expect(await explainBy({ worse: 0.5 })).toMatchObject({ nearest: null, explains: false });
    expect(await explainBy({ same: 0.75 }, unexplained({ ours: 0.75 }))).toMatchObject({ nearest: null });
  });

  it("tells why a variant gave no score", async () => {
    const { tried } = await explainBy({ refused: "a table of vectors", broken: Number.NaN });
    expect(tried.slice(1)).toEqual([
      { variant: "refused", score: null, difference: null, reason: "a table of vectors" },
      { variant: "broken", score: null, difference: null, reason: "the score is undefined" },
    ]);
    const [failed] = await explainDifferences([unexplained()], [variant("x")], async () => new Map());
    expect(failed?.tried[1]?.reason).toBe("the task failed");
  });

  it("runs each variant once for all its tasks, one after the other, and keeps them apart", async () => {
    const ran: string[] = [];
    let active = 0;
    const run = async ({ name, tasks }: Variant) => {
      expect(++active).toBe(1);
      await Promise.resolve();
      active--;
      ran.push(name);
      return new Map(tasks.map((task) => [task.name, 0.75]));
    };
    const both = [unexplained(), unexplained({ task: banking })];
    const explained = await explainDifferences(both, [variant("a", [sts, banking]), variant("b", [banking])], run);
    expect(ran).toEqual(["a", "b"]);
    expect(explained.map(({ task, tried }) => [task, tried.map((one) => one.variant)])).toEqual([
      ["STS12", ["a", asItRan]],
      ["Banking77Classification", ["a", "b", asItRan]],
    ]);
    expect(await explainDifferences([], [], run)).toEqual([]);
  });
});
