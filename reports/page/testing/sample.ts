import type { BenchRecord } from "../../../runners/bench/record.ts";
import { benchRecord } from "../../../runners/bench/testing/world.ts";
import type { StoredResult } from "../../../runners/results/read-results.ts";
import { type BoardContext, type Leaderboard, makeLeaderboard } from "../../leaderboard.ts";
import { run, stored, task } from "../../testing/results.ts";
import { makePageData, type PageContext } from "../data.ts";
import type { PageData } from "../shape.ts";

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

const size = (model: string, parameters: number | null, licence?: string) => ({
  ...{ model, parameters, revision: "main", dimensions: 384, maxTokens: 512 },
  ...(licence && { licence }),
});

export const context: BoardContext = {
  descriptions: [
    size("acme/large", 300e6, "apache-2.0"),
    size("acme/small", 30e6, "mit"),
    size("acme/slow", 400e6),
    size(evilName, 20e6),
    size("acme/half", 10e6),
  ],
};

export const board: Leaderboard = makeLeaderboard(results, tasks, tasks, context);

export const pageData = (more: Partial<PageContext> = {}, shown: Leaderboard = board): PageData =>
  makePageData(shown, results, { title: "Sample", origin: "Made by a test.", ...more });

/** A measurement of a model, by its texts a second; a query takes it as long as ten of them. */
export function measured(model: string, textsPerSecond: number, more: Partial<BenchRecord> = {}): BenchRecord {
  return {
    ...{ ...benchRecord, model, revision: "main" },
    corpus: benchRecord.corpus.map((one) => ({ ...one, textsPerSecond })),
    latency: benchRecord.latency.map((one) => ({ ...one, p50: 10_000 / textsPerSecond })),
    ...more,
  };
}

/** The page of a table with texts a second by model, which need not be in the table. */
export const measuredData = (textsPerSecond: Readonly<Record<string, number>>): PageData =>
  pageData({ benches: Object.entries(textsPerSecond).map(([model, texts]) => measured(model, texts)) });

/** Returns the model of a page that has this name. */
export function modelOf(name: string, { models }: PageData) {
  const found = models.find((model) => model.name === name);
  if (found === undefined) throw new Error(`the page has no ${name}`);
  return found;
}

/** Returns a model's values by the fields of the columns. */
export const valuesOf = (name: string, data: PageData) =>
  Object.fromEntries(data.columns.map(({ field }, i) => [field, modelOf(name, data).values[i]]));
