import { describe, expect, it } from "vitest";
import { InputError } from "../errors.ts";
import { prepareDataset } from "../prepare.ts";
import type { Dataset, Table } from "../table.ts";
import type { LayoutStep } from "./layout-steps.ts";

type Configs = Readonly<Record<string, Readonly<Record<string, Table["columns"]>>>>;

function made(configs: Configs): Dataset {
  return {
    id: "a/b",
    revision: "1",
    configs: Object.keys(configs),
    splits: (config) => Object.keys(configs[config] ?? {}),
    read: async (config, split) => {
      const columns = configs[config]?.[split];
      if (columns === undefined) {
        throw new InputError(
          `data set a/b: there is no ${config}, ${split}; there are ${Object.keys(configs).join(", ")}`,
        );
      }
      return { name: `a/b (${config}, ${split})`, rows: Object.values(columns)[0]?.length ?? 0, columns };
    },
  };
}

const read = (configs: Configs, step: LayoutStep, config: string, subsetNames = ["default"]) =>
  prepareDataset(made(configs), { steps: [step], subsetNames }).read(config, "test");

describe("linked pairs", () => {
  const step = { step: "linkedPairs", query: "question", document: "passage", link: "link" } as const;
  const rows = { test: { link: ["u", "v", "u"], passage: ["first", "second", "other"], question: ["a", "b", "a"] } };

  it("have the first passage of a link, and each question once", async () => {
    const configs = { de: rows, en: { test: { ...rows.test, passage: ["x", "y", "z"] } } };
    expect(await read(configs, step, "de-en-corpus", ["de-en"])).toMatchObject({
      rows: 2,
      columns: { id: ["C0", "C1"], text: ["first", "second"] },
    });
    const { columns } = await read(configs, step, "de-en-queries", ["de-en"]);
    expect(columns).toEqual({ id: ["Q0", "Q1"], text: ["a", "b"] });
  });

  it.each<[string, Configs, string, string]>([
    ["a config that is missing", { de: rows }, "de-en", "data set a/b: there is no en, test; there are de"],
    ["a subset of one language", { de: rows }, "de", 'data set a/b: the subset "de" names no pair of configs'],
    [
      "a missing column",
      { de: { test: { link: ["u"], question: ["a"] } } },
      "de-de",
      'data set a/b (de, test): there is no column "passage"; its columns are link, question',
    ],
    [
      "a link without a document",
      { de: rows, en: { test: { ...rows.test, link: ["u", "w", "u"] } } },
      "de-en",
      'data set a/b (en, test): column "link", row 2 holds "w", which no row of a/b (de, test) holds there',
    ],
  ])("refuse %s", async (_, configs, subset, message) => {
    await expect(read(configs, step, `${subset}-corpus`, [subset])).rejects.toThrow(message);
  });

  it("know their parts", async () => {
    await expect(read({ de: rows }, step, "de-en-top_ranked", ["de-en"])).rejects.toThrow(
      'data set a/b: there is no part "de-en-top_ranked"; its parts are de-en-corpus, de-en-queries, de-en-qrels',
    );
  });
});
