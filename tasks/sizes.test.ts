import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { benchmarkTasks, restricted } from "./benchmarks.ts";
import { readStored, type StoredSizes } from "./catalog/stored.ts";
import { catalogue, getTask } from "./index.ts";
import { sizeOf, workOf } from "./sizes.ts";
import type { TaskSpec } from "./task.ts";

describe("sizeOf", () => {
  it("counts the texts that each type embeds", () => {
    // Rows by mteb's statistics: 3,108 pairs; 5,183 documents with 300 queries.
    expect(sizeOf(getTask("STS12"))).toMatchObject({ texts: 2 * 3108, distinct: 2 * 3108 });
    expect(sizeOf(getTask("SciFact"))?.texts).toBe(5183 + 300);
    // 3,080 test rows, and 8 rows of each of 77 labels to learn from, in 10 experiments.
    expect(sizeOf(getTask("Banking77Classification"))?.texts).toBe(3080 + 10 * 8 * 77);
    const clustering = getTask("ArXivHierarchicalClusteringP2P");
    expect(sizeOf(clustering)?.texts).toBeLessThanOrEqual(2048);
  });

  it("tells the mean length of a text, where the statistics do", () => {
    expect(sizeOf(getTask("STS12"))?.meanCharacters).toBeCloseTo(402118 / (2 * 3108), 6);
    expect(sizeOf(getTask("Banking77Classification"))?.meanCharacters).toBeUndefined();
  });

  it("counts what is measured of a task only", () => {
    const task = getTask("AmazonCounterfactualClassification");
    const [first, ...others] = Object.keys(task.languages).map((one) => restricted(task, { subsets: [one] }));
    const texts = [first, ...others].map((one) => sizeOf(one as TaskSpec)?.texts ?? 0);
    expect(Math.abs(texts.reduce((sum, one) => sum + one, 0) - (sizeOf(task)?.texts ?? 0))).toBeLessThan(texts.length);
  });

  it("counts a column that many subsets pair once", () => {
    const { texts, distinct } = sizeOf(getTask("FloresBitextMining")) ?? { texts: 0, distinct: 0 };
    const languages = 204;
    expect(texts / distinct).toBeCloseTo(2 * (languages - 1), 6);
  });

  it("knows all but a few tasks of the catalogue, and says nothing of others", () => {
    const unknown = catalogue().filter((task) => sizeOf(task) === undefined);
    expect(unknown.length).toBeLessThan(25);
    expect(sizeOf({ ...getTask("STS12"), name: "my own" })).toBeUndefined();
  });
});

describe("workOf", () => {
  it("gives every task a share, those of unknown size the mean of the others", () => {
    const [sts, search] = [getTask("STS12"), getTask("SciFact")];
    const [first, second, own] = workOf([sts, search, { ...sts, name: "my own" }]) as [number, number, number];
    expect(second).toBeGreaterThan(first);
    expect(own).toBeCloseTo((first + second) / 2, 6);
    expect(workOf([{ ...sts, name: "my own" }])).toEqual([1]);
    expect(workOf(benchmarkTasks("MTEB(eng, v2)")).every((work) => work > 0)).toBe(true);
  });
});

interface Fact {
  readonly name: string;
  readonly statistics?: Readonly<
    Record<string, { num_samples: number; number_of_characters?: number; unique_labels?: number; subsets?: object }>
  >;
}

const material = sharedFolder();

describe.skipIf(material === undefined)("sizes.json (skipped without the folder shared, see testing/shared.ts)", () => {
  it("says of each task's splits what the facts say", () => {
    const { tasks: facts }: { tasks: readonly Fact[] } = JSON.parse(
      readFileSync(join(material ?? "", "facts-tasks.json"), "utf8"),
    );
    const { tasks } = readStored<StoredSizes>("sizes");
    expect(tasks.length).toBeGreaterThan(1100);
    for (const { name, splits } of tasks) {
      const statistics = facts.find((fact) => fact.name === name)?.statistics ?? {};
      for (const [split, { rows, characters, labels, subsets }] of Object.entries(splits)) {
        const { num_samples, number_of_characters, unique_labels, subsets: own } = statistics[split] ?? {};
        expect([rows, characters, labels], name).toEqual([num_samples, number_of_characters, unique_labels]);
        if (subsets !== undefined) expect(subsets, name).toEqual(own);
      }
    }
  });
});
