import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "mini");

const rows = (file: string): Record<string, unknown>[] =>
  readFileSync(join(folder, file), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const pairs = rows("sts/test.jsonl");
const train = rows("classification/train.jsonl");
const test = rows("classification/test.jsonl");
const labels = ["library", "repair café", "allotments", "choir", "hall booking"];

describe("the sample benchmark", () => {
  it("has 75 pairs graded over the whole scale in steps of 0.2", () => {
    expect(pairs).toHaveLength(75);
    const scores = pairs.map(({ score }) => Number(score));
    const steps = Array.from({ length: 26 }, (_, i) => i / 5);
    for (const step of steps)
      expect([step, scores.filter((score) => score === step).length >= 2]).toEqual([step, true]);
    expect(scores.filter((score) => !steps.includes(score))).toEqual([]);
  });

  it("has 16 training and 14 test texts for each of five labels", () => {
    for (const [split, size] of [
      [train, 16],
      [test, 14],
    ] as const) {
      for (const [label, name] of labels.entries()) {
        expect(split.filter((row) => row["label"] === label && row["label_text"] === name)).toHaveLength(size);
      }
      expect(split).toHaveLength(size * labels.length);
    }
  });

  it("has the columns that its cards name, and no others", () => {
    for (const pair of pairs) expect(Object.keys(pair)).toEqual(["sentence1", "sentence2", "score"]);
    for (const row of [...train, ...test]) expect(Object.keys(row)).toEqual(["text", "label", "label_text"]);
  });

  it("has 300 different texts, none blank, none with blanks around", () => {
    const texts = [
      ...pairs.flatMap(({ sentence1, sentence2 }) => [sentence1, sentence2]),
      ...[...train, ...test].map(({ text }) => text),
    ].map(String);
    expect(texts).toHaveLength(300);
    expect(new Set(texts.map((text) => text.toLowerCase())).size).toBe(300);
    for (const text of texts) expect(text).toMatch(/^\S.{8,}\S$/u);
  });

  it.each(["sts", "classification"])("has a card in %s that names every file there", (name) => {
    const card = readFileSync(join(folder, name, "README.md"), "utf8");
    const named = [...card.matchAll(/^ {8}path: (\S+)$/gm)].map((match) => match[1]);
    expect(named.sort()).toEqual(
      readdirSync(join(folder, name))
        .filter((file) => file !== "README.md")
        .sort(),
    );
    expect(existsSync(join(folder, "README.md"))).toBe(true);
  });
});
