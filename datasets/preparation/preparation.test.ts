import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import type { Feature } from "../features.ts";
import { prepareDataset } from "../prepare.ts";
import type { Dataset, Table } from "../table.ts";
import type { PreparationStep, TableStep } from "./steps.ts";
import { prepareTable } from "./tables.ts";

type Splits = Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>;
interface Case {
  readonly name: string;
  readonly steps: readonly PreparationStep[];
  readonly subsetPairs?: "codes";
  /** Names of the classes of columns. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly configs: Readonly<Record<string, Splits>>;
  readonly expected: Readonly<Record<string, Splits>>;
}
const cases: readonly Case[] = ["preparation", "preparation-special"].flatMap((name) =>
  readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line)),
);

function made(configs: Case["configs"], classes: Case["classes"] = {}): Dataset {
  const features = new Map<string, Feature>(
    Object.entries(classes).map(([name, names]) => [name, { kind: "classes", names }]),
  );
  return {
    id: "a/b",
    revision: "1",
    configs: Object.keys(configs),
    splits: (config) => Object.keys(configs[config] ?? {}),
    read: async (config, split) => {
      const columns = configs[config]?.[split];
      if (columns === undefined) throw new InputError(`data set a/b: there is no split ${split} of ${config}`);
      return { name: `a/b (${config}, ${split})`, rows: Object.values(columns)[0]?.length ?? 0, columns, features };
    },
  };
}

describe("preparation", () => {
  it.each(cases)("prepares rows as mteb does: $name", async ({ steps, subsetPairs, classes, configs, expected }) => {
    const splits = [...new Set(Object.values(expected).flatMap(Object.keys))];
    const dataset = prepareDataset(made(configs, classes), { steps, subsetPairs, splits });
    for (const [config, splits] of Object.entries(expected)) {
      for (const [split, columns] of Object.entries(splits)) {
        const { columns: found } = await dataset.read(config, split);
        for (const [name, values] of Object.entries(columns)) expect(found[name]).toEqual(values);
      }
    }
  });

  it("has a fixture for each step that those of samples.json leave out", () => {
    const tested = new Set(cases.flatMap(({ steps }) => steps.map(({ step }) => step)));
    expect([...tested].sort()).toEqual(
      [
        "batch",
        "chunk",
        "collectLabels",
        "concatConfigs",
        "copy",
        "dropBlank",
        "dropRareLabels",
        "dropRepeats",
        "dropRows",
        "encodeLabels",
        "firstOf",
        "firstParts",
        "flatten",
        "head",
        "iterativeStratifiedSample",
        "join",
        "keepRows",
        "labelNames",
        "mapValues",
        "mergeSplits",
        "number",
        "numberRows",
        "pickSubset",
        "placeOfLargest",
        "rename",
        "resplit",
        "sample",
        "sampleLists",
        "shuffle",
        "splitLabel",
        "splitText",
        "stack",
        "stratifiedSample",
        "useSplit",
      ].sort(),
    );
  });

  it("is for the named subsets only, and tells the splits that it makes", async () => {
    const { configs } = cases.find(({ name }) => name === "MultilingualSentimentClassification") as Case;
    const rows = configs["cym"] as Splits;
    const resplit = { step: "resplit", from: "test", testShare: 0.3, seed: 42, stratifyBy: "label" } as const;
    const dataset = prepareDataset(made({ cym: rows, deu: rows }), {
      steps: [
        { ...resplit, subsets: ["cym"] },
        { step: "useSplit", split: "test", as: "dev" },
      ],
    });
    expect(dataset.splits("cym")).toEqual(["test", "train", "dev"]);
    expect(dataset.splits("deu")).toEqual(["test", "dev"]);
    expect((await dataset.read("cym", "test")).rows).toBe(18);
    expect((await dataset.read("deu", "test")).rows).toBe(57);
    await expect(dataset.read("deu", "train")).rejects.toThrow("there is no split train");
  });

  it.each<[string, Table["columns"], TableStep, string]>([
    [
      "a value that keepRows expects in other rows",
      { label: ["a", "b"] },
      { step: "keepRows", column: "label", values: [0, "c"] },
      ': no row of column "label" holds 0 or "c"; it holds "a", "b"',
    ],
    [
      "a value without a pair",
      { label: ["a", null] },
      { step: "mapValues", column: "label", values: [["a", 1]] },
      ': column "label", row 2 holds null; expected one of "a"',
    ],
    [
      "a path to nothing",
      { tags: [["x"], []] },
      { step: "copy", path: ["tags", 0], into: "label" },
      ': column "tags", row 2 holds []; expected something at 0',
    ],
    [
      "a field of a list",
      { tags: [["x"]] },
      { step: "copy", path: ["tags", "length"], into: "label" },
      ': column "tags", row 1 holds ["x"]; expected something at length',
    ],
    [
      "nothing to join",
      { title: ["x", null], text: ["y", "z"] },
      { step: "join", columns: ["title", "text"], separator: " ", into: "text", strip: true },
      ': column "title", row 2 holds nothing (null); expected a text',
    ],
    [
      "a text that says no number",
      { score: ["1", "1_0"] },
      { step: "number", column: "score" },
      ': column "score", row 2 holds "1_0"; expected a number, or a text that says one',
    ],
    [
      "names of classes that are not declared",
      { label: [0] },
      { step: "labelNames", column: "label" },
      ': column "label" declares no names of classes; expected a class_label',
    ],
    [
      "a column that dropBlank misses",
      { text: ["x"] },
      { step: "dropBlank", columns: ["text", "title"] },
      ': there is no column "title"; its columns are text',
    ],
    [
      "columns of which there is none",
      { text: ["x"] },
      { step: "firstOf", columns: ["sentence", "utterance"], into: "text" },
      ': there is no column "sentence" or "utterance"; its columns are text',
    ],
    [
      "a text that writes out no list of numbers",
      { soft: ["[0.1]", "[0.1, 'a']"] },
      { step: "placeOfLargest", column: "soft", length: 1, into: "label" },
      ': column "soft", row 2 holds "[0.1, \'a\']"; expected a list of numbers, written as a text',
    ],
    [
      "lists of different lengths to draw from",
      { a: [["x"]], b: [[]] },
      { step: "sampleLists", columns: ["a", "b"], most: 1, seed: 42 },
      ': row 1 holds lists of different lengths (1 in "a", 0 in "b"); expected one length',
    ],
    [
      "fewer rows than are drawn by their lists",
      { label: [[1], [2]] },
      { step: "iterativeStratifiedSample", rows: 2, column: "label", splits: ["test"] },
      " has 2 rows; a sample of 2 is drawn from more rows",
    ],
  ])("refuses %s", (_, columns, step, message) => {
    const table: Table = { name: "a/b (default, test)", rows: Object.values(columns)[0]?.length ?? 0, columns };
    expect(() => prepareTable(table, [step], "test")).toThrow(new InputError(`data set a/b (default, test)${message}`));
  });

  it("refuses classes that have numbers already, and a number of none", () => {
    const features = new Map([["label", { kind: "classes", names: ["x"] } as const]]);
    const table: Table = { name: "a/b", rows: 1, columns: { label: [1] }, features };
    expect(() => prepareTable(table, [{ step: "encodeLabels", column: "label" }], "test")).toThrow(
      'data set a/b: the classes of column "label" have numbers; expected values that have none',
    );
    expect(() => prepareTable(table, [{ step: "labelNames", column: "label" }], "test")).toThrow(
      'data set a/b: column "label", row 1 holds 1; expected the number of a class, 0 to 0',
    );
  });

  it("keeps the columns that all configs have", async () => {
    const dataset = prepareDataset(made({ x: { test: { a: [1], b: [2] } }, y: { test: { c: [3], d: [4] } } }), {
      steps: [
        {
          step: "concatConfigs",
          configs: [
            { config: "x", rename: {} },
            { config: "y", rename: { c: "a" } },
          ],
          splits: ["test"],
        },
      ],
    });
    expect(await dataset.read("default", "test")).toMatchObject({
      name: "a/b (default, test)",
      rows: 2,
      columns: { a: [1, 3] },
    });
  });

  it("refuses to draw more rows than there are", async () => {
    const rows = { test: { label: [0, 0, 1, 1] } };
    const step = { step: "resplit", from: "test", trainRows: 3, testRows: 2, seed: 42, stratifyBy: "label" } as const;
    await expect(prepareDataset(made({ default: rows }), { steps: [step] }).read("default", "test")).rejects.toThrow(
      'data set a/b (default, test), column "label" has 4 rows; 3 and 2 are drawn from as many or more',
    );
  });
});
