import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { StsTask } from "../task.ts";
import { stsProtocol } from "./sts.ts";
import { findingsOf } from "./testing/findings.ts";
import { madeUpTask } from "./testing/made-up-task.ts";
import { memoryDataset, tableContext } from "./testing/memory.ts";

type Rows = Record<"round_id" | "texts" | "x" | "y", unknown[]>;
interface Case {
  readonly name: string;
  readonly rows: Rows;
  readonly vectors: Record<string, number[]>;
  readonly scores: Record<Similarity, number | null>;
}
const cases: Case[] = JSON.parse(readFileSync(new URL("./fixtures/arrangements.json", import.meta.url), "utf8"));

const task: StsTask = {
  ...madeUpTask,
  type: "STS",
  mainScore: "alpha_auc",
  settings: { arrangements: true, idColumn: "round_id", textsColumn: "texts", xColumn: "x", yColumn: "y" },
};

const read = (columns: Rows) =>
  stsProtocol.read(task, "default", "test", memoryDataset({ default: { test: columns } }));

async function evaluate({ rows, vectors }: Pick<Case, "rows" | "vectors">, similarity: Similarity) {
  const context = tableContext(new Map(Object.entries(vectors)), { similarity });
  return { ...(await stsProtocol.evaluate(task, await read(rows), context)), calls: context.calls };
}

const rows: Rows = { round_id: ["a", "7"], texts: [["p", "q"], ["p"]], x: [[0, 1], [2]], y: [[0, 1], [3]] };

describe("the STS protocol of arrangements", () => {
  const all = cases.flatMap((one) =>
    Object.entries(one.scores).map(([similarity, score]) => [one.name, similarity as Similarity, score, one] as const),
  );
  it.each(all)("gives mteb's score: %s, %s", async (_, similarity, score, one) => {
    const { scores, undefinedScores } = await evaluate(one, similarity);
    expect(Object.keys(scores)).toEqual(["alpha_auc"]);
    if (score !== null) expect(scores.alpha_auc).toBeCloseTo(score, 12);
    else expect(undefinedScores).toEqual({ alpha_auc: "no text has others at different distances" });
  });

  it("embeds each different text once", async () => {
    const { calls } = await evaluate(cases[0], "cosine");
    expect(calls).toEqual([[...new Set(cases[0].rows.texts.flat())]]);
  });

  it("leaves out arrangements beyond a limit, and finds one that comes again", async () => {
    const limited = stsProtocol.limit(task, await read(rows), 1);
    expect(limited.share).toEqual({ units: 1, of: 2 });
    expect(Object.values(limited.rows).map((list) => list.length)).toEqual([1, 1, 1, 1]);
    const twice = { ...rows, texts: [["p"], ["p"]], x: [[1], [1]], y: [[2], [2]] };
    expect(findingsOf(stsProtocol, task, await read(twice))).toMatchObject([{ kind: "row-repeated" }]);
  });

  it.each([
    [{ round_id: [], texts: [], x: [], y: [] }, "made/up (default, test) has no rows; at least one is needed"],
    [
      { texts: [["p", "q"], []] },
      'row 2 of made/up (default, test) has no texts in column "texts"; expected one or more',
    ],
    [
      { x: [[0], [2]] },
      'row 1 of made/up (default, test) has 2 texts in column "texts", 1 numbers in column "x" and 2 in column "y"; ' +
        "each text needs a place",
    ],
    [
      { texts: [["p", "p"], ["p"]] },
      'row 1 of made/up (default, test) has the text "p" twice; expected different texts',
    ],
    [
      { round_id: ["a", "a"] },
      "row 2 of made/up (default, test) has the id a, which row 1 has too; expected one row an id",
    ],
  ])("refuses rows that cannot be scored: %j", async (change, message) => {
    await expect(read({ ...rows, ...change })).rejects.toThrow(new InputError(`task ${task.name}: ${message}`));
  });
});
