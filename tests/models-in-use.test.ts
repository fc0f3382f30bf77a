import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { supportedModelTypes } from "../models/architectures/index.ts";

const root = fileURLToPath(new URL("../", import.meta.url));
const page = readFileSync(join(root, "docs/models.md"), "utf8");
const [head = "", ...lines] = readFileSync(join(root, "docs/models-in-use.tsv"), "utf8").trimEnd().split("\n");
const rows = lines.map((line) => {
  const [repository = "", type = "", weights = "", runs = "", by = ""] = line.split("\t");
  return { repository, type, weights, runs, by };
});
const of = (runs: string) => rows.filter((row) => row.runs === runs);

describe("the list of models that people use", () => {
  it("names each repository once, with an answer and what stands behind it", () => {
    expect(head.split("\t")).toEqual(["repository", "model_type", "weights", "runs", "by"]);
    expect(new Set(rows.map(({ repository }) => repository)).size).toBe(rows.length);
    expect(rows.filter(({ runs, by }) => !["yes", "asks", "no"].includes(runs) || by === "")).toEqual([]);
  });

  it("is counted right, and what is refused is told with its reason", () => {
    const counts = `lists ${rows.length} embedding models of the Hub by what their repositories are known to hold: ${of("yes").length} run, ${of("asks").length} run once`;
    expect(page).toContain(counts);
    expect(page).toContain(`${of("no").length} are refused.`);
    for (const { repository, by } of of("no")) expect(page).toContain(`| ${repository} | ${by} |`);
    for (const { repository } of of("asks")) expect(page).toContain(repository.split("/")[1]);
  });

  it("says only of families that are there that they run, and points to files that are there", () => {
    // Tables of vectors have no architecture.
    const known = [...supportedModelTypes, "new", "static", "model2vec", "BoW/WordEmbeddings", "bloom / gpt_neo"];
    const unknown = of("yes").filter(
      ({ type }) => !known.includes(type.split(" ", 1)[0] ?? "") && !known.includes(type),
    );
    expect(unknown).toEqual([]);
    const paths = rows.flatMap(({ by }) => by.match(/models\/[\w./-]+/g) ?? []);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });
});
