import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { InputError } from "./errors.ts";
import { flattenLists } from "./preparation/columns.ts";
import type { PreparationStep, TableStep } from "./preparation/steps.ts";
import { prepareTable } from "./preparation/tables.ts";
import { prepareDataset } from "./prepare.ts";
import type { Dataset, Table } from "./table.ts";

interface Pair {
  readonly input: Table["columns"];
  readonly expected: Table["columns"];
}
interface Samples {
  readonly stratified: { labels: (number | string)[]; size: number; rows: number[] }[];
  readonly numbered: Samples["stratified"];
  readonly paths: Pair;
  readonly rare: Pair;
}
const path = new URL("./fixtures/samples.json", import.meta.url);
const samples: Samples = JSON.parse(readFileSync(path, "utf8"));

const name = "a/b (default, test)";
const table = (columns: Table["columns"]): Table => ({ name, rows: Object.values(columns)[0]?.length ?? 0, columns });
const prepare = (columns: Table["columns"], ...steps: TableStep[]) => prepareTable(table(columns), steps, "test");
const count = (length: number) => Array.from({ length }, (_, i) => i);
const lists = ["labels", "sentences"];

describe("prepareTable", () => {
  it("flattens, splits labels and draws as mteb does for ArXivHierarchicalClusteringP2P", () => {
    const found = prepare(
      samples.paths.input,
      { step: "flatten", columns: lists },
      { step: "splitLabel", column: "labels", separator: "." },
      { step: "sample", rows: 20, splits: ["test"] },
    );
    expect(found).toEqual({ name, rows: 20, columns: samples.paths.expected });
  });

  it("drops single labels as mteb does for StackExchangeClusteringP2P.v2", () => {
    const steps: TableStep[] = [
      { step: "flatten", columns: lists },
      { step: "dropRareLabels", column: "labels" },
    ];
    expect(prepare(samples.rare.input, ...steps).columns).toEqual(samples.rare.expected);
  });

  it.each(samples.stratified)("draws $size rows in proportion as mteb does", ({ labels, size, rows }) => {
    const step = { step: "stratifiedSample", rows: size, column: "label", splits: ["test"] } as const;
    const found = prepare({ label: labels, row: count(labels.length) }, step);
    expect(found.columns["row"]).toEqual(rows);
    expect(found.columns["label"]).toEqual(rows.map((row) => labels[row]));
    expect(found.rows).toBe(size);
  });

  it.each(samples.numbered)(
    "draws $size rows in the order of numbered classes as mteb does",
    ({ labels, size, rows }) => {
      const features = new Map([["class", { kind: "classes", names: [] }] as const]);
      const numbered: Table = { ...table({ class: labels, row: count(labels.length) }), features };
      const steps: TableStep[] = [
        { step: "rename", columns: { class: "label" } },
        { step: "stratifiedSample", rows: size, column: "label", splits: ["test"] },
      ];
      expect(prepareTable(numbered, steps, "test").columns["row"]).toEqual(rows);
    },
  );

  it("renames columns in their places, an exchange of two names as well", () => {
    const columns = { sent1: ["a"], labels: [1], sent2: ["b"] };
    const found = prepare(columns, { step: "rename", columns: { sent1: "sentence1", sent2: "sentence2" } });
    expect(Object.entries(found.columns)).toEqual([
      ["sentence1", ["a"]],
      ["labels", [1]],
      ["sentence2", ["b"]],
    ]);
    const exchanged = prepare(columns, { step: "rename", columns: { sent1: "sent2", sent2: "sent1" } });
    expect(exchanged.columns).toEqual({ sent2: ["a"], labels: [1], sent1: ["b"] });
  });

  it("draws from the named splits alone", () => {
    const rows = table({ label: [0, 0, 1, 1] });
    const steps: TableStep[] = [
      { step: "stratifiedSample", rows: 2, column: "label", splits: ["test"] },
      { step: "sample", rows: 1, splits: ["test"] },
    ];
    expect(prepareTable(rows, steps, "train")).toEqual(rows);
    expect(prepareTable(rows, steps, "test").rows).toBe(1);
  });

  it("does nothing without steps, and takes no rows", () => {
    expect(prepare({ x: [1] })).toEqual(table({ x: [1] }));
    const flat = prepare({ labels: [], sentences: [] }, { step: "flatten", columns: lists });
    expect(flat).toEqual({ name, rows: 0, columns: { labels: [], sentences: [] } });
    expect(prepare({ label: [] }, { step: "dropRareLabels", column: "label" }).rows).toBe(0);
  });

  it("leaves its input as it was", () => {
    const before = structuredClone(samples.rare.input);
    prepare(samples.rare.input, { step: "flatten", columns: lists }, { step: "dropRareLabels", column: "labels" });
    expect(samples.rare.input).toEqual(before);
  });

  it.each<[string, Table["columns"], TableStep, string]>([
    [
      "a missing column",
      { sent1: ["a"] },
      { step: "rename", columns: { sent2: "sentence2" } },
      ': there is no column "sent2" (did you mean "sent1"?); its columns are sent1',
    ],
    [
      "a name that is taken",
      { sent1: ["a"], text: ["b"] },
      { step: "rename", columns: { sent1: "text" } },
      ': a column is to be named "text", which another column is; its columns are sent1, text',
    ],
    [
      "a text to flatten",
      { labels: [["x"], "y"], sentences: [["x"], ["y"]] },
      { step: "flatten", columns: lists },
      ': column "labels", row 2 holds "y"; expected a list',
    ],
    [
      "lists of different lengths",
      { labels: [["x"], ["y"]], sentences: [["x"], ["y", "z"]] },
      { step: "flatten", columns: lists },
      ': row 2 holds lists of different lengths (1 in "labels", 2 in "sentences"); expected one length',
    ],
    [
      "a number to split",
      { labels: ["x", 2] },
      { step: "splitLabel", column: "labels", separator: "." },
      ': column "labels", row 2 holds 2; expected a text',
    ],
    [
      "too few rows",
      { labels: ["x", "y"] },
      { step: "sample", rows: 2, splits: ["test"] },
      " has 2 rows; a sample of 2 is drawn from more rows",
    ],
    [
      "a label of one row",
      { label: [0, 0, 1] },
      { step: "stratifiedSample", rows: 2, column: "label", splits: ["test"] },
      ', column "label" has a label with a single row; a sample in proportion needs two rows per label',
    ],
  ])("refuses %s", (_, columns, step, message) => {
    expect(() => prepare(columns, step)).toThrow(new InputError(`data set ${name}${message}`));
  });
});

describe("flattenLists", () => {
  it("keeps the order of rows and items, and leaves other columns out", () => {
    const rows = table({ a: [[1, 2], [], [3]], b: [["x", "y"], [], ["z"]], other: [1, 2, 3] });
    expect(flattenLists(rows, ["b", "a"])).toEqual({ name, rows: 3, columns: { b: ["x", "y", "z"], a: [1, 2, 3] } });
  });
});

describe("prepareDataset", () => {
  const read: string[] = [];
  const dataset: Dataset = {
    id: "a/b",
    revision: "1",
    configs: ["default"],
    splits: (config) => (config === "default" ? ["train", "test"] : []),
    read: async (config, split) => {
      read.push(`${config} ${split}`);
      if (split === "torn" && read.length < 2) throw new Error("torn");
      const columns = { lang: ["de", "fr", "de"], text: [`${split} 1`, `${split} 2`, `${split} 3`] };
      return { name: `a/b (${config}, ${split})`, rows: 3, columns };
    },
  };

  it("applies the steps to whatever is read, and keeps the rest", async () => {
    const steps: PreparationStep[] = [{ step: "rename", columns: { lang: "label" } }];
    const prepared = prepareDataset(dataset, { steps });
    expect(prepared).toMatchObject({ id: "a/b", revision: "1", configs: ["default"] });
    expect(prepared.splits("default")).toEqual(["train", "test"]);
    expect((await prepared.read("default", "test")).columns).toHaveProperty("label", ["de", "fr", "de"]);
  });

  it("picks a subset's rows before the steps, and reads a split once", async () => {
    read.length = 0;
    const steps: PreparationStep[] = [{ step: "sample", rows: 1, splits: ["test"] }];
    const prepared = prepareDataset(dataset, { steps, subsetColumn: "lang" });
    expect(prepared.splits("de")).toEqual(["train", "test"]);
    expect(await prepared.read("de", "train")).toEqual({
      name: "a/b (de, train)",
      rows: 2,
      columns: { lang: ["de", "de"], text: ["train 1", "train 3"] },
    });
    expect((await prepared.read("de", "test")).rows).toBe(1);
    expect((await prepareDataset(dataset, { subsetColumn: "lang" }).read("fr", "test")).columns["text"]).toEqual([
      "test 2",
    ]);
    await prepared.read("fr", "train");
    expect(read).toEqual(["default train", "default test", "default test"]);
  });

  it("reads again what could not be read", async () => {
    read.length = 0;
    const prepared = prepareDataset(dataset, { subsetColumn: "lang" });
    await expect(prepared.read("de", "torn")).rejects.toThrow("torn");
    expect((await prepared.read("de", "torn")).rows).toBe(2);
  });

  it("refuses a subset without rows, a missing subset column, and rows that a step does not fit", async () => {
    const prepared = prepareDataset(dataset, { subsetColumn: "lang" });
    await expect(prepared.read("fe", "test")).rejects.toThrow(
      new InputError(
        'data set a/b (default, test): no row of column "lang" holds "fe" (did you mean "de"?); it holds de, fr',
      ),
    );
    await expect(prepareDataset(dataset, { subsetColumn: "language" }).read("de", "test")).rejects.toThrow(
      new InputError('data set a/b (default, test): there is no column "language"; its columns are lang, text'),
    );
    const steps: PreparationStep[] = [{ step: "sample", rows: 9, splits: ["test"] }];
    await expect(prepareDataset(dataset, { steps, subsetColumn: "lang" }).read("de", "test")).rejects.toThrow(
      new InputError("data set a/b (de, test) has 2 rows; a sample of 9 is drawn from more rows"),
    );
  });
});
