import { describe, expect, it } from "vitest";
import { examineRanking } from "./examine-ranking.ts";
import { examineRows } from "./examine-rows.ts";
import type { Item } from "./items.ts";
import { type FindingKind, findingKinds } from "./kinds.ts";
import { type Material, type MaterialRows, rowsOfColumns } from "./material.ts";
import { openTally } from "./tally.ts";

const nameOf = (row: number): string => `row ${row + 1}`;
const rows = (texts: readonly string[], labels: readonly unknown[], name = nameOf): MaterialRows =>
  rowsOfColumns([texts], name, labels);
const pairs = (list: readonly (readonly [string, string, number])[], name = nameOf): MaterialRows => {
  return rowsOfColumns(
    [list.map(([a]) => a), list.map(([, b]) => b)],
    name,
    list.map(([, , score]) => score),
  );
};
const ofPairs = {
  pairs: { saysAlike: (score: unknown) => Number(score) >= 4 },
  scoreRange: 5,
  unitIsRow: true,
} as const;

const [ferry, train, plane] = [
  "the evening ferry to the northern islands was cancelled",
  "seven trains a day stop at the old mountain station",
  "our plane landed an hour before the thunderstorm began",
];
const fill = Array.from(
  { length: 220 },
  (_, i) => `Row ${i} of the table says how often the bus number ${i * 7} came late.`,
);

interface Made {
  readonly material: Material;
  readonly elsewhere?: MaterialRows;
}

const relevance = (judged: Readonly<Record<number, readonly (readonly [number, number])[]>>) => (query: number) =>
  new Map(judged[query] ?? []);
const searched = (
  documents: readonly string[],
  queries: readonly string[],
  judged: Readonly<Record<number, readonly (readonly [number, number])[]>>,
  isRanked = (_query: number, _document: number): boolean => true,
): Material => ({
  kind: "ranking",
  documents: rowsOfColumns([documents], (row) => `d${row}`),
  queries: rowsOfColumns([queries], (row) => `q${row}`),
  judgementsOf: relevance(judged),
  isRanked,
});

type Found = readonly (readonly [FindingKind, number, string])[];

const cases: readonly (readonly [string, Made, Found])[] = [
  [
    "nothing of good rows",
    { material: { kind: "rows", scored: rows([ferry, train], ["a", "b"]), unitIsRow: true } },
    [],
  ],
  [
    "rows of a test that are in the training rows, or contradict others",
    {
      material: {
        kind: "rows",
        learnt: rows([`${ferry} again`, train], ["a", "b"], (row) => `training row ${row + 1}`),
        scored: rows(
          [ferry, `${train.toUpperCase()}!`, plane, `${plane}.`, `Our ${plane}`, `${plane} plane`],
          ["a", "a", "c", "c", "c", "a"],
        ),
        unitIsRow: true,
      },
    },
    [
      ["test-text-nearly-in-training", 1, "row 1"],
      ["row-nearly-contradicted", 1, "row 2"],
      ["row-nearly-repeated", 2, "row 4, row 5"],
      ["row-nearly-alike-otherwise", 1, "row 6"],
    ],
  ],
  [
    "pairs of another split, the other way round, and of one text",
    {
      material: {
        kind: "rows",
        ...ofPairs,
        scored: pairs([
          [ferry, train, 1],
          [train, `${ferry}!`, 3],
          [train, plane, 2],
          [plane, train, 2],
          [ferry, `The ${ferry}`, 4],
          [ferry, ferry.toUpperCase(), 2],
          [plane, `The ${ferry}`, 5],
        ]),
      },
      elsewhere: pairs(
        [
          [plane, ferry, 3],
          [train, plane, 0],
        ],
        (row) => `train row ${row + 1}`,
      ),
    },
    [
      ["row-in-other-split", 2, "row 3, row 4"],
      ["row-nearly-in-other-split", 1, "row 7"],
      ["pair-reversed-contradicted", 1, "row 2"],
      ["pair-alike-judged-unlike", 1, "row 6"],
      ["row-nearly-alike-otherwise", 1, "row 6"],
    ],
  ],
  [
    "pairs the other way round",
    {
      material: {
        kind: "rows",
        ...ofPairs,
        scored: pairs([
          [ferry, train, 1],
          [train, ferry, 1],
        ]),
      },
    },
    [["pair-reversed", 1, "row 2"]],
  ],
  [
    "copies, empty documents and queries among the documents",
    {
      material: searched(
        [ferry, `${ferry}.`, "", `Our ${plane}`, train, ferry.toUpperCase(), plane],
        [ferry, `${train}?`, "where is it", "Where is it?"],
        {
          0: [
            [0, 1],
            [1, 0],
          ],
          1: [[2, 1]],
          2: [[6, 1]],
        },
        (query, document) => query !== 2 || document !== 6,
      ),
    },
    [
      ["relevant-document-empty", 1, "q1 d2"],
      ["relevant-copy-unjudged", 1, "q0 d0"],
      ["copies-judged-otherwise", 1, "q0 d0"],
      ["query-among-documents", 1, "q1"],
      ["document-nearly-repeated", 3, "d1, d5, d6"],
      ["query-text-repeated", 1, "q3"],
      ["query-is-relevant-document", 1, "q0"],
    ],
  ],
  [
    "texts that are garbled, cut, or in other letters",
    {
      material: {
        kind: "rows",
        scored: rows(
          [
            ...fill,
            "CafÃ© at the harbour",
            "Я не знаю",
            "Quisquam voluptatem accusantium doloremque laudantium",
            ...Array.from({ length: 8 }, (_, i) => `Row ${900 + i} of the table says how oft`),
          ],
          [],
        ),
        unitIsRow: true,
      },
    },
    [
      ["texts-cut", 8, "row 224, row 225, row 226"],
      ["text-garbled", 1, "row 221"],
      ["text-unlike-others", 2, "row 222, row 223"],
    ],
  ],
];

describe("what comparing texts shows", () => {
  it.each(cases)("%s", (_, { material, elsewhere }, expected) => {
    const tally = openTally();
    if (material.kind === "rows") examineRows(material, elsewhere, tally);
    else examineRanking(material, tally);
    expect(tally.findings().map(({ kind, count, first }) => [kind, count, first.join(", ")])).toEqual(expected);
  });

  it("is listed with texts, labels, what it stands beside, and the unit of the samples", () => {
    const items: Item[] = [];
    const material = { kind: "rows", scored: rows([ferry, `${ferry}!`], ["a", "b"]), unitIsRow: true } as const;
    examineRows(
      material,
      undefined,
      openTally((item) => items.push(item)),
    );
    expect(items).toEqual([
      {
        kind: "row-nearly-contradicted",
        name: "row 2",
        texts: [`${ferry}!`],
        label: "b",
        unit: 1,
        beside: { name: "row 1", texts: [ferry], label: "a" },
        evidence: "equal but for case, punctuation and white space",
      },
    ]);
  });

  it("is tried here in every kind", () => {
    const tried = new Set(cases.flatMap(([, , found]) => found.map(([kind]) => kind)));
    const own = Object.entries(findingKinds).filter(([, { seenBy }]) => seenBy === "check");
    expect(own.map(([kind]) => kind).filter((kind) => !tried.has(kind as FindingKind))).toEqual([]);
  });
});
