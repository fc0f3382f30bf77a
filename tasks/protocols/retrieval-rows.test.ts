import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { openColumn } from "../../datasets/packed-texts.ts";
import { strip } from "../../datasets/strip.ts";
import type { Dataset } from "../../datasets/table.ts";
import { groupJudgements, relevantOf } from "./judgements.ts";
import { type Corpus, readRankingRows, textOf } from "./retrieval-rows.ts";
import { documentText } from "./retrieval-texts.ts";
import { memoryDataset } from "./testing/memory.ts";
import { type Configs, retrievalTask } from "./testing/rankings.ts";

const good = {
  corpus: { test: { _id: ["d0", "d1"], title: ["T", ""], text: ["x", "y"] } },
  queries: { test: { _id: ["q0", "q1"], text: ["zero", "one"] } },
  default: { test: { "query-id": ["q0"], "corpus-id": ["d0"], score: [1] } },
} satisfies Configs;
const task = retrievalTask();
/** Makes a data set that packs the columns it is asked to pack. */
function packing(dataset: Dataset): Dataset {
  const packed = (values: readonly unknown[]) => {
    const column = openColumn(true);
    for (const value of values) column.push(value);
    return column;
  };
  return {
    ...dataset,
    read: async (config, split, pack = []) => {
      const table = await dataset.read(config, split);
      const columns = Object.entries(table.columns).map(([name, column]) => {
        return [name, pack.includes(name) ? packed(column as readonly unknown[]) : column] as const;
      });
      return { ...table, columns: Object.fromEntries(columns) };
    },
  };
}
const readWith = (form: (dataset: Dataset) => Dataset, configs: Configs, subset = "default") =>
  readRankingRows(task, subset, "test", form(memoryDataset(configs)));
const read = (configs: Configs, subset?: string) => readWith((dataset) => dataset, configs, subset);
const textsOf = (corpus: Corpus): string[] => corpus.ids.map((_, row) => textOf(corpus, row));

describe("rows of a ranking", () => {
  it("leave out queries without judgements", async () => {
    const { queries, corpus, candidates } = await read(good);
    expect(queries).toEqual({ ids: ["q0"], texts: ["zero"] });
    expect(corpus).toEqual({ ids: ["d0", "d1"], titles: ["T", ""], texts: ["x", "y"] });
    expect(candidates).toBeUndefined();
  });

  it("keep all rows of an id: a query is known by its first, a document by its last", async () => {
    const twice = {
      ...good,
      corpus: { test: { id: ["d0", "d1", "d0"], text: ["x", "y", "z"] } },
      queries: { test: { id: ["ghost", "q0", "q0"], text: ["g", "zero", "null"] } },
      default: { test: { "query-id": ["q0", "q0"], "corpus-id": ["d0", "nowhere"], score: [1, 2] } },
      top_ranked: { test: { "query-id": ["q0"], "corpus-ids": [["d0", "d1"]] } },
    };
    const { queries, corpus, judgements, candidates, repeats } = await read(twice);
    expect(queries).toEqual({ ids: ["q0", "q0"], texts: ["zero", "null"] });
    expect(textsOf(corpus)).toEqual(["x", "y", "z"]);
    expect(repeats).toEqual({ queries: Int32Array.of(0, 0), documents: Int32Array.of(2, 1, 2) });
    expect([...judgements.documents]).toEqual([2, 3]);
    expect(relevantOf(judgements, 0).size).toBe(2);
    expect(candidates?.map((list) => [...list])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect((await read(good)).repeats).toBeUndefined();
  });

  it("have the same documents where they come packed", async () => {
    const odd = ["", " \u3000x\ufeff ", "日本", "𝄞", "\ud834", "\udd1e", "a\0b", "é".repeat(2 ** 17)];
    const text = Array.from({ length: 600 }, (_, i) => `${odd[i % odd.length]}${i % 5}`);
    const title = text.map((_, i) => odd[(i * 3) % odd.length]);
    const distinct = text.map((_, i) => `d${i}`);
    // Every seventh comes twice.
    const repeated = distinct.map((id, i) => (i % 7 === 0 ? distinct[i + 1] : id));
    const columns = { title, text };
    const same = (column: readonly string[]) => column.map((value, i) => (i % 7 === 0 ? column[i + 1] : value));
    for (const corpus of [
      { _id: distinct, ...columns },
      { _id: distinct, text },
      { _id: repeated, title: same(title), text: same(text) },
    ]) {
      const configs = { ...good, corpus: { test: corpus } };
      const [plain, packed] = [await read(configs), await readWith(packing, configs)];
      expect(packed.corpus.ids).toEqual(plain.corpus.ids);
      expect(textsOf(packed.corpus)).toEqual(textsOf(plain.corpus));
      expect(packed.judgements).toEqual(plain.judgements);
    }
  });

  it("have the judged documents' places after repeated ids", async () => {
    const { corpus, judgements } = await read({
      ...good,
      corpus: { test: { _id: ["d0", "d0", "d1", "d2"], text: ["x", "x", "y", "z"] } },
      default: { test: { "query-id": ["q0", "q0", "q0"], "corpus-id": ["d2", "ghost", "d0"], score: [1, 1, 1] } },
    });
    expect(corpus.ids).toEqual(["d0", "d0", "d1", "d2"]);
    expect([...judgements.documents]).toEqual([3, 4, 1]);
  });

  it("share equal lists of candidates that follow each other", async () => {
    const asked = ["q0", "q1", "q2"];
    const { candidates } = await read({
      ...good,
      queries: { test: { _id: asked, text: asked } },
      qrels: { test: { "query-id": asked, "corpus-id": ["d0", "d0", "d0"], score: [1, 1, 1] } },
      default: { test: { "query-id": asked, "corpus-id": ["d0", "d0", "d0"], score: [1, 1, 1] } },
      top_ranked: {
        test: {
          "query-id": ["q0", "q1", "q2", "ghost"],
          "corpus-ids": [["d1", "d0", "d1"], ["d1", "d0", "d1"], ["d1"], ["x"]],
        },
      },
    });
    expect(candidates?.map((list) => [...list])).toEqual([[1, 0], [1, 0], [1]]);
    expect(candidates?.[0]).toBe(candidates?.[1]);
  });

  const cases: readonly (readonly [string, Configs, string])[] = [
    [
      "no judgements",
      { corpus: good.corpus, queries: good.queries },
      'task MadeUp: data set made/up has no config "default" or "qrels" with judgements; its configs are corpus, queries',
    ],
    [
      "no documents",
      { ...good, corpus: { test: { _id: [], text: [] } } },
      "task MadeUp: made/up (corpus, test) has no rows; at least one document is needed",
    ],
    [
      "no judged queries",
      { ...good, queries: { test: { _id: ["x"], text: ["y"] } } },
      "task MadeUp: none of the 1 queries of made/up (queries, test) has a judgement in made/up (default, test); check " +
        'that "query-id" there holds the queries\' ids',
    ],
    [
      "a document without text",
      { ...good, corpus: { test: { _id: ["d0", "d1"], text: ["x", null] } } },
      'data set made/up (corpus, test): column "text", row 2 holds nothing (null); expected a text',
    ],
    [
      "a judged query without an instruction",
      { ...good, instruction: { test: { "query-id": ["q1"], instruction: ["say"] } } },
      'data set made/up (instruction, test): no row of column "query-id" holds the query "q0"; each query with a judgement needs an instruction',
    ],
    [
      "documents without ids",
      { ...good, corpus: { test: { text: ["x"] } } },
      'data set made/up (corpus, test): there is no column "id"; its columns are text',
    ],
    [
      "an unknown candidate",
      { ...good, top_ranked: { test: { "query-id": ["q0"], "corpus-ids": [["d0", "d7"]] } } },
      'data set made/up (top_ranked, test): row 1, query "q0": the candidate "d7" is not in the corpus; expected ids of ' +
        "its documents",
    ],
    [
      "a judgement between integers",
      { ...good, default: { test: { ...good.default.test, score: [0.5] } } },
      'data set made/up (default, test): column "score", row 1 holds 0.5; expected an integer of at most 32 bits',
    ],
    [
      "judgements of which one alone is true or false",
      { ...good, default: { test: { "query-id": ["q0", "q0"], "corpus-id": ["d0", "d1"], score: [true, 1] } } },
      'data set made/up (default, test): column "score", row 2 holds 1; expected true or false, as in row 1',
    ],
    [
      "a turn that is none",
      { ...good, queries: { test: { _id: ["q0"], text: [[{ role: "user" }]] } } },
      'data set made/up (queries, test): column "text", row 1 holds the turn {"role":"user"}; expected a text, or an ' +
        'object with the texts "role" and "content"',
    ],
  ];

  it.each(cases)("refuse %s", async (_, configs, message) => {
    await expect(read(configs)).rejects.toThrow(new InputError(message));
    await expect(readWith(packing, configs)).rejects.toThrow(new InputError(message));
  });

  it("ask for the split that the task names where a config has several", async () => {
    const { dev, test } = { dev: good.queries.test, test: { _id: ["q0"], text: ["from test"] } };
    expect((await read({ ...good, queries: { dev, test } })).queries.texts).toEqual(["from test"]);
    await expect(read({ ...good, queries: { dev, train: test } })).rejects.toThrow("made/up has no queries, test");
  });
});

describe("texts", () => {
  it("are stripped as Python strips", () => {
    const python = "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2009\u200a\u2028\u2029\u202f\u205f\u3000";
    expect(strip(`${python}a${python}b${python}`)).toBe(`a${python}b`);
    expect(strip(python)).toBe("");
    for (const kept of ["\ufeff", "\u200b", "\u180e", "\x00", "\x1b"]) expect(strip(kept)).toBe(kept);
  });

  it("of documents are title and text", () => {
    expect(documentText("A title", "and text ")).toBe("A title and text");
    expect(documentText("", " text")).toBe("text");
    expect(documentText(" ", "text")).toBe("text");
    expect(documentText("Title", "")).toBe("Title");
    expect(documentText("", "")).toBe("");
  });
});

describe("judgements", () => {
  it("are grouped by query; the last of several counts, and only what is positive", () => {
    const judgements = groupJudgements(
      Int32Array.of(1, 0, -1, 1, 1, 1),
      Int32Array.of(5, 6, 7, 8, 5, 9),
      [1, 2, 3, 4, 0, -1],
      3,
    );
    expect([0, 1, 2].map((query) => [...relevantOf(judgements, query)])).toEqual([[[6, 2]], [[8, 4]], []]);
  });
});
