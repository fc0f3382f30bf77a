import type { StoredResult } from "../../../runners/results/read-results.ts";
import { type BoardContext, type Leaderboard, makeLeaderboard } from "../../leaderboard.ts";
import { run, stored, task } from "../../testing/results.ts";
import { makePageData, type PageContext, type PageData } from "../data.ts";

/** A name that ends the element it stands in, where it is not escaped. */
export const evilName = "evil/</script><script>alert(1)</script><img src=x onerror=alert(2)>";

export const tasks = [task("Sts1"), task("Sts2"), task("Search", "Retrieval"), task("Pairs", "PairClassification")];

const withPrompt = (one: StoredResult): StoredResult => ({
  ...one,
  result: { ...one.result, run: { ...run, prompts: { query: "<query>: ", document: "" } } },
});

/** Four complete models and an incomplete one. */
export const results: readonly StoredResult[] = [
  ...stored("acme/large", { Sts1: 0.8, Sts2: 0.7, Search: 0.6, Pairs: 0.9 }).map(withPrompt),
  ...stored("acme/small", { Sts1: 0.7, Sts2: 0.75, Search: 0.4, Pairs: 0.9 }),
  ...stored("acme/slow", { Sts1: 0.6, Sts2: 0.6, Search: 0.5, Pairs: 0.8 }),
  ...stored(evilName, { Sts1: 0.5, Sts2: 0.5, Search: 0.5, Pairs: 0.5 }),
  ...stored("acme/half", { Sts1: 0.99, Sts2: 0.99 }),
];

const size = (model: string, parameters: number | null) => ({
  ...{ model, parameters, revision: "main", dimensions: 384, maxTokens: 512 },
});

export const context: BoardContext = {
  descriptions: [
    size("acme/large", 300e6),
    size("acme/small", 30e6),
    size("acme/slow", 400e6),
    size(evilName, 20e6),
    size("acme/half", 10e6),
  ],
};

export const board: Leaderboard = makeLeaderboard(results, tasks, tasks, context);

export const pageData = (more: Partial<PageContext> = {}, shown: Leaderboard = board): PageData =>
  makePageData(shown, results, { title: "Sample", origin: "Made by a test.", ...more });

/** The page of a table with texts a second by model. */
export const measuredData = (textsPerSecond: Readonly<Record<string, number>>): PageData =>
  pageData(
    {},
    {
      ...board,
      withSpeed: true,
      rows: board.rows.map((row) => ({
        ...row,
        speed: { textsPerSecond: textsPerSecond[row.model] ?? null, tokensPerSecond: null, latencyMs: null },
      })),
    },
  );
