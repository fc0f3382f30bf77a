import { describe, expect, it } from "vitest";
import type { ModelDescription } from "../../models/description.ts";
import type { TaskResult } from "../../runners/results/result.ts";
import type { CorrelationSamples, LabelSamples, MeanSamples } from "../../tasks/samples.ts";
import type { Predictions } from "../../tasks/task.ts";
import type { Units } from "../../tasks/units.ts";
import { causesOf, type Known, tokenFacets } from "./causes.ts";
import { type ExaminedPlace, examine } from "./examine.ts";
import { hubsIn } from "./ranked.ts";
import { examinationText } from "./text.ts";

const rows = (count: number): Units => ({
  at: (row) => (row < count ? { texts: { text: `text ${row}` } } : undefined),
  classAt: (number) => ["ferry", "train"][number],
});

const labelled = (truth: number[], predicted: number[]): LabelSamples => ({
  kind: "labels",
  measure: "accuracy",
  truth: Int32Array.from(truth),
  predicted: [Int32Array.from(predicted)],
});

const place = (samples: ExaminedPlace["samples"], units: Units): ExaminedPlace => ({
  split: "test",
  subset: "default",
  samples,
  units,
});

describe("an examination", () => {
  const truth = [0, 0, 0, 1, 1, 1];
  const two = place(
    { base: labelled(truth, [0, 0, 1, 1, 1, 0]), candidate: labelled(truth, [0, 1, 0, 0, 0, 0]) },
    rows(6),
  );

  it("counts what got worse, better, and is solved no more or anew", () => {
    expect(examine([two], { orders: ["worse"], most: 10 }).counts).toEqual({
      ...{ units: 6, worse: 3, better: 1, lost: 3, won: 1 },
      unsolved: { base: 2, candidate: 4 },
    });
  });

  it.each([
    ["worse", ["row 2", "row 4", "row 5"]],
    ["better", ["row 3"]],
    ["moved", ["row 2", "row 3", "row 4", "row 5"]],
    ["flipped", ["row 2", "row 4", "row 5", "row 3"]],
    ["worst", ["row 2", "row 4", "row 5", "row 6", "row 1", "row 3"]],
  ] as const)("shows units by what is %s", (order, names) => {
    expect(examine([two], { orders: [order], most: 10 }).shown[order]?.map(({ name }) => name)).toEqual(names);
    expect(examine([two], { orders: [order], most: 1 }).shown[order]).toHaveLength(1);
  });

  it("shows units in several orders, one that is in two of them once", () => {
    const { shown } = examine([two], { orders: ["worse", "moved"], most: 10 });
    expect(shown.moved?.map(({ name }) => name)).toEqual(["row 2", "row 3", "row 4", "row 5"]);
    expect(shown.worse?.[0]).toBe(shown.moved?.[0]);
    expect(shown.better).toBeUndefined();
  });

  it("shows a unit's texts, what is right and what was said", () => {
    expect(examine([two], { orders: ["worse"], most: 1 }).shown.worse).toEqual([
      {
        ...{ split: "test", subset: "default", name: "row 2", texts: { text: "text 1" }, wanted: "ferry" },
        base: { value: 1, said: "ferry" },
        candidate: { value: 0, said: "train" },
      },
    ]);
  });

  it("counts what is said in place of what is right, more than once", () => {
    expect(examine([two], { orders: ["worse"], most: 1 }).confusions).toEqual([
      { right: "train", said: "ferry", base: 1, candidate: 3 },
    ]);
  });

  it("of one run shows what fares worst, and no changes", () => {
    const one = examine([place({ base: labelled(truth, [0, 0, 1, 1, 1, 0]) }, rows(6))], {
      orders: ["worst"],
      most: 2,
    });
    expect(one.counts).toEqual({ units: 6, worse: 0, better: 0, unsolved: { base: 2 } });
    expect(one.shown.worst?.map(({ name, candidate }) => [name, candidate])).toEqual([
      ["row 3", undefined],
      ["row 6", undefined],
    ]);
  });

  it("tells slices by right answer, subset, length and what else it is given", () => {
    const many = Array.from({ length: 40 }, (_, i) => i % 2);
    const [was, is] = [
      labelled(many, many),
      labelled(
        many,
        many.map((label, i) => (label === 1 && i > 5 ? 0 : label)),
      ),
    ];
    const other = { ...place({ base: was, candidate: is }, rows(40)), subset: "other" };
    const facet = { name: "cut", values: Array.from({ length: 80 }, (_, i) => (i < 40 ? "cut" : "whole")) };
    const { slices } = examine([place({ base: was, candidate: was }, rows(40)), other], {
      ...{ orders: ["worse"], most: 1, facets: [facet] },
    });
    expect(new Set(slices.map((slice) => slice.facet))).toEqual(new Set(["subset", "right answer", "length", "cut"]));
    expect(slices.find(({ value }) => value === "other")).toMatchObject({ units: 40, mean: -17 / 40, rest: 0 });
  });

  it("of queries shows where the relevant documents stand, and what stands first", () => {
    const samples = (values: number[]): MeanSamples => ({
      ...{ kind: "mean", measure: "ndcg_at_10", ids: ["q1", "q2"] },
      values: Float64Array.from(values),
    });
    const units: Units = {
      at: (_, name) => (name === "q1" ? { texts: { query: "where?" }, relevant: ["d1", "d9"] } : undefined),
      document: (id) => `text of ${id}`,
    };
    const predictions = (...ids: string[]): Predictions => ({
      kind: "predictions",
      rankings: new Map([["q1", new Map(ids.map((id, i) => [id, 1 - i / 10]))]]),
      file: "f",
    });
    const rankings = { base: predictions("d1", "d2"), candidate: predictions("d2", "d3", "d4", "d1") };
    const ranked = { ...place({ base: samples([1, 1]), candidate: samples([0.4, 1]) }, units), rankings };
    const report = examine([ranked], { orders: ["worse"], most: 1 });
    const document = (id: string, rank: number | undefined, isRelevant: boolean) => ({
      ...{ id, rank, isRelevant, text: `text of ${id}` },
    });
    expect(report.shown.worse?.[0]?.candidate?.ranked).toEqual({
      relevant: [document("d1", 4, true), document("d9", undefined, true)],
      first: [document("d2", 1, false), document("d3", 2, false), document("d4", 3, false)],
    });
    expect(report.shown.worse?.[0]?.base.ranked?.relevant[0]?.rank).toBe(1);
  });

  it("in text fits the width, and says what stands where", () => {
    const gold = Float64Array.from({ length: 30 }, (_, i) => i / 30);
    const scored = (shift: number): CorrelationSamples => ({
      ...{ kind: "correlation", measure: "spearman", gold },
      scores: Float32Array.from(gold, (value, i) => value + (i === 7 ? shift : 0)),
    });
    const long: Units = { at: (row) => ({ texts: { first: `${"word ".repeat(50)}${row}`, second: "b\n\u001b[31m" } }) };
    const run = { model: "a/b", revision: "0123456789", score: 0.5 };
    const examination = examine([place({ base: scored(0), candidate: scored(1) }, long)], {
      ...{ orders: ["worse"], most: 1 },
    });
    const text = examinationText(
      {
        ...examination,
        ...{ order: "worse", shown: examination.shown.worse ?? [] },
        ...{ task: "T", measure: "cosine_spearman", runs: { base: run, candidate: run } },
        causes: [{ what: `the base puts ${"much ".repeat(30)}`, certainty: "likely" }],
      },
      80,
    );
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text).toContain("1. row 8 (test)");
    expect(text).not.toContain("\u001b");
    expect(text).toContain("(likely)");
  });
});

const result = (run: Partial<TaskResult["run"]> = {}): TaskResult =>
  ({
    task: "T",
    datasetRevision: "d",
    mtebVersion: "2",
    run: { precision: "fp32", estimator: "official", prompts: {}, ...run },
  }) as unknown as TaskResult;

const model = (parts: Partial<ModelDescription> = {}): ModelDescription =>
  ({
    kind: "dense",
    modules: [],
    architecture: { modelType: "bert", layers: 2, hidden: 4 },
    ...parts,
  }) as ModelDescription;

const known = (parts: Partial<Known> = {}): Known => ({ model: "a/b", result: result(), ...parts });
const whats = (base: Known, candidate?: Known, texts: Record<string, string>[] = []): string[] =>
  causesOf({ base, ...(candidate && { candidate }) }, texts).map(({ what }) => what);

describe("causes", () => {
  it("are none where nothing differs", () => {
    expect(whats(known({ description: model() }), known({ description: model() }))).toEqual([]);
  });

  it.each([
    [{ text: "query: " }, {}, 'the candidate puts no prompt before text, the base "query: "'],
    [{}, { text: "query: " }, 'the candidate puts "query: " before text, the base nothing'],
    [
      { text: "query: " },
      { text: "query: query: " },
      'the candidate puts "query: query: " before text, which is a prompt twice, the base "query: "',
    ],
    [{ query: "a: " }, { query: "b: " }, 'the candidate puts "b: " before query, the base "a: "'],
  ])("name prompts %j and %j once", (was, is, what) => {
    expect(whats(known({ result: result({ prompts: was }) }), known({ result: result({ prompts: is }) }))).toEqual([
      what,
    ]);
  });

  it("name a prompt that the texts begin with already", () => {
    const own = known({ result: result({ prompts: { text: "query: " } }) });
    expect(whats(own, undefined, [{ text: "query: where?" }, { text: "query: when?" }])).toEqual([
      'the base puts "query: " before texts that begin with it already: it is there twice',
    ]);
    expect(whats(own, undefined, [{ text: "query: where?" }, { text: "when?" }, { text: "who?" }])).toEqual([]);
  });

  it("name what the models' files say otherwise; of models of two families only that", () => {
    const pooled = (mode: string) =>
      model({ modules: [{ type: "Transformer" }, { type: "Pooling", modes: [mode] }] as never });
    expect(whats(known({ description: pooled("mean") }), known({ description: pooled("cls") }))).toEqual([
      "modules behind the first: Pooling (modes mean) in the base, Pooling (modes cls) in the candidate",
    ]);
    const other = model({ architecture: { modelType: "t5", layers: 2, hidden: 4 } as never, dims: 8 });
    expect(whats(known({ description: model() }), known({ description: other }))).toEqual([
      "family: bert in the base, t5 in the candidate",
    ]);
  });

  it("name texts that are cut, unknown tokens and another tokenizer", () => {
    const texts = (maxTokens: number, counts: [number, number][]) => ({
      maxTokens,
      counts: counts.map(([tokens, unknown]) => ({ tokens, unknown })),
    });
    const [was, is] = [
      texts(10, [
        [5, 0],
        [12, 0],
      ]),
      texts(4, [
        [5, 1],
        [12, 0],
      ]),
    ];
    expect(whats(known({ texts: was }))).toEqual(["1 of 2 units have a text that is cut after 10 tokens"]);
    expect(whats(known({ texts: was }), known({ texts: is }))).toEqual([
      "the candidate cuts texts after 4 tokens, in 1 of 2 units where the base cuts none",
      "5.9 % of the candidate's tokens are unknown to its vocabulary",
    ]);
    expect(
      whats(
        known({ texts: was }),
        known({
          texts: texts(10, [
            [6, 0],
            [12, 0],
          ]),
        }),
      ),
    ).toEqual(["the tokenizers differ: 1 unit of 2 have other numbers of tokens"]);
    expect(tokenFacets({ base: known({ texts: was }), candidate: known({ texts: is }) })).toEqual([
      { name: "cut", values: ["cut after 4 tokens", "cut after 4 tokens"] },
      { name: "vocabulary", values: ["with unknown tokens", "all tokens known"] },
    ]);
  });

  it("name variants and settings, each once", () => {
    expect(
      whats(
        known({ model: "a/b[limit=9]" }),
        known({ model: "a/b@32d[binary,limit=9]", result: result({ vectorType: "binary" }) }),
      ),
    ).toEqual(["vectors in float32 against binary", "the candidate is the variant 32d of its model, the base is not"]);
  });

  it("name documents that are near everything, and the gravest findings in the data", () => {
    const queries = Array.from({ length: 40 }, (_, i) => ({ name: `q${i}`, relevant: [`d${i}`] }));
    const rankings = new Map(
      queries.map(({ name }, i) => [
        name,
        new Map([`hub`, ...Array.from({ length: 9 }, (_, k) => `d${(i * 9 + k) % 300}`)].map((id, k) => [id, 10 - k])),
      ]),
    );
    const hubs = hubsIn(
      { kind: "predictions", rankings, file: "f" },
      { at: () => undefined, document: (id) => id },
      queries,
    );
    expect(hubs).toEqual([{ id: "hub", text: "hub", queries: 40, of: 40 }]);
    const found = {
      ...result(),
      findings: [{ kind: "row-repeated", count: 2, split: "test", subset: "default", examples: [] }],
    };
    expect(whats(known({ hubs, result: found as unknown as TaskResult }))).toEqual([
      'the base finds document "hub" near everything: among the first ten of 40 of 40 queries that it is not relevant to: "hub"',
      "in the data: rows that come again: 2",
    ]);
  });
});
