import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { parseTaskFile } from "../task-file.ts";
import { taskFileSchema } from "./file-schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const schema = taskFileSchema(z);
// Definitions that are named often would be compiled as often, which takes seconds.
const validate = new Ajv({ allErrors: true, inlineRefs: false }).compile(schema);
const task = {
  name: "Näme_1",
  type: "STS",
  dataset: { path: "./a" },
  languages: { default: ["eng-Latn"] },
  settings: { minScore: 0, maxScore: 5 },
};
const isTaken = (value: unknown): boolean => {
  try {
    parseTaskFile(JSON.stringify(value), "tasks.json");
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
};

describe("task-file.schema.json", () => {
  // `npx vitest run tasks/types/file-schema.test.ts -u` writes it.
  it("is that of the schemas which check task files", async () => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`${root}task-file.schema.json`);
  });

  it.each(["docs/examples/ferry-mail.json", "docs/examples/ferry-desk.json", "scripts/parity/tasks.json"])(
    "takes %s",
    (path) => {
      const valid = validate(JSON.parse(readFileSync(`${root}${path}`, "utf8")));
      expect(validate.errors).toBeNull();
      expect(valid).toBe(true);
    },
  );

  const benchmark = { name: "b", tasks: ["STS12"] };
  const classes = { ...task, type: "Classification", settings: { samplesPerLabel: 4 } };
  const groups = { ...task, type: "Clustering", settings: { maxFraction: null } };
  it.each([
    [task, true],
    [[task, { ...classes, name: "b" }], true],
    [{ $schema: "x.json", ...task }, true],
    [[{ $schema: "x.json", ...task }], true],
    [{ $schema: "x.json", tasks: task }, true],
    [{ $schema: "x.json", tasks: [task], benchmarks: [benchmark] }, true],
    [{ benchmarks: [{ ...benchmark, description: "d" }] }, true],
    [{ ...classes, settings: undefined }, true],
    [{ ...groups, settings: { legacy: true } }, true],
    [{ ...groups, settings: { legacy: true, maxDocuments: 4 } }, false],
    [groups, true],
    [{ ...task, settings: { arrangements: true, xColumn: "left" }, mainScore: "alpha_auc" }, true],
    [{ ...task, settings: { arrangements: true, minScore: 0 }, mainScore: "alpha_auc" }, false],
    [{ ...classes, settings: { multilabel: true } }, true],
    [{ ...groups, settings: { maxFraction: 1.5 } }, false],
    [{ ...task, prepare: [{ step: "rename", columns: { a: "sentence1" } }], splits: ["dev"] }, true],
    [{ ...task, prepare: [{ step: "rename", column: "a" }] }, false],
    [{ ...task, mainScore: "cosine_pearson" }, true],
    [{ ...task, mainScore: "accuracy" }, false],
    [{ ...task, prompt: { query: "a" } }, true],
    [{ ...task, prompt: { title: "a" } }, false],
    [{ ...task, name: "a b" }, false],
    [{ ...task, name: undefined }, false],
    [{ ...task, type: "Sts" }, false],
    [{ ...task, languages: {} }, false],
    [{ ...task, languages: { default: ["en"] } }, false],
    [{ ...task, settings: { minScore: 0 } }, false],
    [{ ...task, setting: {} }, false],
    [{ ...task, dataset: { path: "./a", rev: "1" } }, false],
    [{ $schema: "x.json" }, false],
    [{ tasks: [task], benchmark: [benchmark] }, false],
    [{ $schema: 5, tasks: [task] }, false],
    [{ $schema: 5, ...task }, false],
    [{ tasks: [] }, false],
    [{ benchmarks: [{ name: "b" }] }, false],
    [[], false],
    ["a", false],
  ])("agrees with the program: %j", (value, expected) => {
    const plain: unknown = JSON.parse(JSON.stringify(value));
    expect([validate(plain), isTaken(plain)]).toEqual([expected, expected]);
  });
});
