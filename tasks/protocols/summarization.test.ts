import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Table } from "../../datasets/table.ts";
import type { Similarity } from "../../models/encoder.ts";
import { getTask } from "../index.ts";
import type { SummarizationTask } from "../task.ts";
import { summarizationProtocol } from "./summarization.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

interface Case {
  readonly name: string;
  readonly similarity: Similarity;
  readonly legacy: boolean;
  readonly columns: Table["columns"];
  readonly vectors: Record<string, number[]>;
  readonly scores: Record<string, number | null>;
}
const path = new URL("./fixtures/summarization.json", import.meta.url);
const cases: Case[] = JSON.parse(readFileSync(path, "utf8")).cases;
const caseOf = (name: string): Case => cases.findLast((one) => one.name === name) as Case;

const { settings } = getTask("SummEvalSummarization.v2") as SummarizationTask;
const task: SummarizationTask = {
  ...madeUpTask,
  type: "Summarization",
  mainScore: "cosine_spearman",
  settings,
};
const legacyTask: SummarizationTask = { ...task, settings: { ...settings, legacy: true } };

const read = (columns: Table["columns"]) =>
  summarizationProtocol.read(task, "default", "test", memoryDataset({ default: { test: columns } }));

async function evaluate({ columns, vectors, similarity, legacy }: Omit<Case, "name" | "scores">) {
  const context = tableContext(new Map(Object.entries(vectors)), { similarity });
  const rows = await read(columns);
  const evaluation = await summarizationProtocol.evaluate(legacy ? legacyTask : task, rows, context);
  return { ...evaluation, calls: context.calls };
}

const one = {
  text: ["The whole text"],
  human_summaries: [["h"]],
  machine_summaries: [["m", "n", "o"]],
  relevance: [[1, 2, 3]],
};

describe("the summarization protocol", () => {
  it.each(cases)("gives mteb's scores: $name, similarity $similarity, legacy $legacy", async ({ scores, ...input }) => {
    const found = await evaluate(input);
    expect(Object.keys(found.scores)).toEqual(Object.keys(scores));
    for (const [name, score] of Object.entries(scores)) {
      if (score === null) expect(found.scores[name]).toBeNaN();
      // The reference's matrix products add float32 terms in an order of their library's own.
      else expect(Math.abs((found.scores[name] as number) - score)).toBeLessThan(1e-6);
    }
    expect(Object.keys(found.undefinedScores)).toEqual(Object.keys(scores).filter((name) => scores[name] === null));
  });

  it("embeds all human and all machine summaries in one call", async () => {
    const { columns, ...rest } = caseOf("two machine summaries");
    const { calls } = await evaluate({ columns, ...rest });
    const [human, machine] = [columns["human_summaries"], columns["machine_summaries"]] as string[][][];
    expect(calls).toEqual([[...human.flat(), ...machine.flat()]]);
  });

  it("says why a score is undefined", async () => {
    const names = ["pearson", "spearman", "cosine_spearman", "cosine_pearson", "dot_pearson", "dot_spearman"];
    const every = (reason: string, which = names) => Object.fromEntries(which.map((name) => [name, reason]));
    expect((await evaluate(caseOf("all left out"))).undefinedScores).toEqual(
      every("in every text the judgements, or the model's scores, are all equal"),
    );
    expect((await evaluate(caseOf("equal distances"))).undefinedScores).toEqual(
      every("the model scores all summaries of a text alike", ["pearson", "spearman"]),
    );
    expect((await evaluate(caseOf("two machine summaries"))).undefinedScores).toEqual(
      every("the p-value of a rank correlation needs three machine summaries or more", [
        "spearman",
        "cosine_spearman",
        "dot_spearman",
      ]),
    );
    const huge = { h: [10, 0], m: [3e38, 1], n: [1, 1], o: [0, 1] };
    const beyond = await evaluate({ columns: one, vectors: huge, similarity: "cosine", legacy: false });
    expect(beyond.undefinedScores).toMatchObject(every("a score is beyond the range of float32", ["dot_pearson"]));
  });

  it("takes judgements of any range, which no correlation hangs on", async () => {
    const { scores, ...input } = caseOf("equal summaries");
    const context = () => tableContext(new Map(Object.entries(input.vectors)));
    const rows = await read(input.columns);
    const wide = { ...task, settings: { ...settings, minScore: -10, maxScore: 90 } };
    const found = await summarizationProtocol.evaluate(wide, rows, context());
    const usual = await summarizationProtocol.evaluate(task, rows, context());
    for (const name of Object.keys(scores)) {
      expect(found.scores[name]).toBeCloseTo(usual.scores[name] as number, 13);
    }
  });

  const row = 'task MadeUp: made/up (default, test), row 1, "The whole text" has';
  const place = "data set made/up (default, test): column";
  it.each<[string, Table["columns"], string]>([
    [
      "a split without rows",
      { text: [], human_summaries: [], machine_summaries: [], relevance: [] },
      "task MadeUp: made/up (default, test) has no rows; at least one text is needed",
    ],
    ["no human summary", { ...one, human_summaries: [[]] }, `${row} no human summaries; at least one is needed`],
    [
      "no machine summary",
      { ...one, machine_summaries: [[]], relevance: [[]] },
      `${row} no machine summaries; at least one is needed`,
    ],
    [
      "a judgement too few",
      { ...one, relevance: [[1, 2]] },
      `${row} 2 judgements of 3 machine summaries; each summary needs one`,
    ],
    [
      "a judgement that is no number",
      { ...one, relevance: [[1, 2, "3"]] },
      `${place} "relevance", row 1 holds [1,2,"3"]; expected a list of numbers`,
    ],
    [
      "a text for a list",
      { ...one, human_summaries: ["h"] },
      `${place} "human_summaries", row 1 holds "h"; expected a list of texts`,
    ],
    [
      "a missing column",
      { text: ["x"], summaries: [["h"]] },
      'data set made/up (default, test): there is no column "human_summaries"; its columns are text, summaries',
    ],
  ])("refuses %s", async (_, columns, message) => {
    await expect(read(columns)).rejects.toThrow(new InputError(message));
  });

  it("refuses vectors that are not finite", async () => {
    const vectors = { h: [1], m: [2], n: [Infinity], o: [1] };
    await expect(evaluate({ columns: one, vectors, similarity: "cosine", legacy: false })).rejects.toThrow(
      'the model\'s vector of "n" holds Infinity',
    );
  });
});
