import { describe, expect, it } from "vitest";
import { getTask } from "../index.ts";
import { mean } from "../metrics/lists.ts";
import { roundHalfEven } from "../metrics/rounding.ts";
import { openStatistic } from "../statistic.ts";
import type { Embed, Evaluation, SummarizationTask } from "../task.ts";
import { smallCase } from "../testing/small-case.ts";
import { taskTypes } from "../types/index.ts";
import type { MainScores } from "../types/record.ts";
import { prepareTask } from "./index.ts";
import { summarizationProtocol } from "./summarization.ts";
import { vectorContext } from "./testing/context.ts";
import { memoryDataset } from "./testing/memory.ts";

/** Vectors of four numbers that differ from text to text. */
const embed: Embed = async (texts) => {
  const numbers = texts.flatMap((text) =>
    [1, 2, 3, 4].map(
      (k) => Array.from(text).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0) * k) % 101, k) / 50 - 1,
    ),
  );
  return { data: Float32Array.from(numbers), rows: texts.length, dims: 4 };
};
const context = vectorContext(embed);

async function evaluateSmall(name: string, mainScore: string): Promise<Evaluation> {
  const { small, dataset } = smallCase({ ...getTask(name), mainScore });
  const [subset = ""] = Object.keys(small.languages);
  return (await prepareTask(small, subset, small.splits[0] ?? "", dataset)).evaluate(context);
}

/** mteb rounds means over queries, but for the reciprocal rank. */
const places = (type: string, name: string): number =>
  ["Retrieval", "Reranking"].includes(type) && !name.includes("mrr") ? 5 : 13;

function expectRecomputed({ scores, samples }: Evaluation, type: string, name: string): void {
  const main = scores[name] as number;
  const found = mean(Array.from(openStatistic(samples ?? expect.unreachable()).scores()));
  if (Number.isNaN(main)) expect(found).toBeNaN();
  else expect(roundHalfEven(found, places(type, name))).toBeCloseTo(main, 12);
}

describe.each([
  ["STSBenchmark", []],
  ["Banking77Classification", ["precision", "precision_weighted", "recall", "recall_weighted", "ap", "ap_weighted"]],
  ["ArXivHierarchicalClusteringP2P", ["ami"]],
  ["TwentyNewsgroupsClustering", []],
  ["SprintDuplicateQuestions", ["max_precision", "max_recall", "dot_precision", "similarity_recall"]],
  ["ArguAna", ["nauc_ndcg_at_10_max", "p-MRR", "robustness_at_10", "paired_accuracy", "R_cap_at_10"]],
  ["AskUbuntuDupQuestions", ["max_over_subqueries_ndcg_at_10", "nauc_map_at_5_std", "p-MRR"]],
  ["SummEvalSummarization.v2", []],
] as const)("samples of %s", (name, without) => {
  const { type, settings } = getTask(name);
  const { names, conditional = [] }: MainScores = taskTypes[type].mainScores;
  const isMet = ({ setting, value }: NonNullable<MainScores["conditional"]>[number]): boolean =>
    (settings as Readonly<Record<string, unknown>>)[setting] === value;
  const all = names.filter((one) =>
    conditional.every((condition) => isMet(condition) || !one.startsWith(condition.prefix)),
  );
  const units = all.filter((one) => !/_(precision|recall)$/.test(one) || type !== "PairClassification");
  const made = units.filter((one) => !(without as readonly string[]).includes(one));

  it("make up every main score that is made of units", async () => {
    expect(made.length).toBeGreaterThan(0);
    for (const one of made) expectRecomputed(await evaluateSmall(name, one), type, one);
  });

  it.each(without)("are not there for %s", async (one) => {
    expect(await evaluateSmall(name, one)).not.toHaveProperty("samples");
  });
});

describe("samples of summaries", () => {
  const rows = [
    { human: ["a", "bc"], machine: ["x", "yz", "zzz", "q"], judgements: [1, 3, 2, 5] },
    { human: ["b"], machine: ["x", "y", "z"], judgements: [2, 2, 2] },
    { human: ["c", "d"], machine: ["u", "vw", "w", "r", "s"], judgements: [5, 1, 4, 4, 2] },
  ];
  it.each(["SummEvalSummarization.v2", "SummEval"])("%s leave out the texts that do not count", async (name) => {
    for (const mainScore of taskTypes.Summarization.mainScores.names) {
      const task = { ...(getTask(name) as SummarizationTask), mainScore };
      const evaluation = await summarizationProtocol.evaluate(task, rows, context);
      expect(evaluation.scores[mainScore]).not.toBeNaN();
      expect(evaluation.samples).toMatchObject({ kind: "mean", measure: mainScore, ids: ["0", "2"] });
      expectRecomputed(evaluation, "Summarization", mainScore);
    }
  });
});

it("samples of merged queries go by their stems", async () => {
  const { small } = smallCase(getTask("MindSmallReranking"));
  const [subset = ""] = Object.keys(small.languages);
  const [split = ""] = small.splits;
  const ids = ["7_0", "7_1", "8_0"];
  const documents = ["d1", "d2", "d3"];
  const configs = {
    corpus: { _id: documents, title: ["", "", ""], text: ["a", "b", "c"] },
    queries: { _id: ids, text: ["q", "r", "s"] },
    default: { "query-id": ids, "corpus-id": ["d1", "d1", "d2"], score: [1, 1, 1] },
    top_ranked: { "query-id": ids, "corpus-ids": ids.map(() => documents) },
  };
  const dataset = memoryDataset(
    Object.fromEntries(Object.entries(configs).map(([key, one]) => [key, { [split]: one }])),
  );
  const measured = async (mainScore: string): Promise<Evaluation> =>
    (await prepareTask({ ...small, mainScore }, subset, split, dataset)).evaluate(context);
  for (const [mainScore, names] of [
    ["max_over_subqueries_map_at_1000", ["7", "8"]],
    ["max_over_subqueries_mrr_at_3", ["7", "8"]],
    ["map_at_1000", ids],
  ] as const) {
    const evaluation = await measured(mainScore);
    expect(evaluation.samples).toMatchObject({ kind: "mean", measure: mainScore, ids: names });
    expectRecomputed(evaluation, "Reranking", mainScore);
  }
});
