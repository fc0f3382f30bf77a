import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readYaml } from "../../datasets/front-matter.ts";
import { run } from "../definitions/run.ts";
import type { RunOptions } from "../run-options.ts";
import type { Terminal } from "../terminal.ts";
import { completeFromFile } from "./complete.ts";
import { configJsonSchema, fieldOf, sharedKeys } from "./schema.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const schema = configJsonSchema(z, run.options);
const validate = new Ajv({ allErrors: true }).compile(schema);
const dir = mkdtempSync(join(tmpdir(), "pramana-config-"));
const file = join(dir, "own.yaml");

const standard = { results: "results", device: "cpu", threads: 2, estimator: "official", config: file } as RunOptions;

/** Completes what was given on the command line from the text of a file; returns it with what was told. */
async function complete(text: string, given: Partial<RunOptions> = {}) {
  writeFileSync(file, text);
  const told: string[] = [];
  const terminal = { err: (line: string) => void told.push(line) } as Partial<Terminal> as Terminal;
  const keys = new Set(["config", ...Object.keys(given)]);
  const choice = await completeFromFile({ ...standard, ...given }, keys, run.options, terminal);
  return { choice, told: told.join("") };
}

describe("pramana.schema.json", () => {
  // `npx vitest run commands/config -u` writes it.
  it("is made of the options of pramana run", async () => {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(`${root}pramana.schema.json`);
  });

  it("has every option that a file can have", () => {
    const fields = Object.keys(schema["properties"] as object);
    expect(fields).toEqual(["models", ...sharedKeys(run.options).map(fieldOf)]);
    expect(fields).toEqual(expect.arrayContaining(["tasks", "max-tokens", "samples", "fail-if", "output"]));
  });
});

describe("a file of options", () => {
  it("is read as the command line is", async () => {
    const { choice, told } = await complete(`
models:
  - a/x
  - {model: ./b, name: acme/b, revision: v1, max-tokens: 128, model-config: {is_causal: false}}
tasks: [STS12, SICK-R]
languages: deu
results: runs
limit: 50
cache-size: 20GB
samples: false
cache: true
onnx: true
device: cuda:0
fail-if: ["overall < -0.2", any < -1]
`);
    expect(choice).toMatchObject({
      model: [
        "a/x",
        { model: "./b", name: "acme/b", revision: "v1", maxTokens: 128, modelConfig: { is_causal: false } },
      ],
      tasks: ["STS12", "SICK-R"],
      languages: ["deu"],
      results: "runs",
      limit: 50,
      cacheSize: 2e10,
      samples: false,
      cache: true,
      onnx: true,
      device: "cuda:0",
      failIf: [{ text: "overall < -0.2" }, { text: "any < -1" }],
    });
    expect(told).toMatch(/^options from .*own\.yaml: models, tasks, languages, results, limit, .*fail-if\n$/);
  });

  it("gives way to the command line", async () => {
    const text = "models: [a/x]\ntasks: [STS12]\nlimit: 50\nresults: runs\n";
    const { choice, told } = await complete(text, { model: ["b/y"], benchmark: "eng", limit: 10 });
    expect(choice).toMatchObject({ model: ["b/y"], benchmark: "eng", limit: 10, results: "runs" });
    expect(choice.tasks).toBeUndefined();
    expect(told).toContain(": results; the command line decides on tasks, limit\n");
  });

  it("is not looked for where none is wanted, and has to be there where it is named", async () => {
    expect((await complete("limit: 5", { config: "none" })).choice.limit).toBeUndefined();
    await expect(complete("", { config: join(dir, "none.yaml") })).rejects.toThrow(
      /^--config: there is no file .*none\.yaml; expected/,
    );
  });

  it.each([
    ["task: [STS12]", 'line 1: "task" is no option of pramana run in a file (did you mean "tasks"?)'],
    ["limit: 5\nmodels:\n  - model: a\n    dims: 2\n", 'line 4: "dims" is no option of a model'],
    ["revision: v1", 'line 1: "revision" is no option of pramana run'],
    ["a: 1\nmodels: [a\n", "line 3: no YAML: "],
    ["limit: 5\nlimit: 6\n", "line 2: no YAML: Map keys must be unique"],
    ["# text\nlimit: many", 'line 2: limit is "many"; expected a number'],
    ["limit: 0.5", "line 1: limit is 0.5: expected a whole number above 0"],
    ["precision: fp17", 'precision is "fp17"; expected one of fp32, fp16, bf16, int8'],
    ["models:\n  - a\n  - 3\n", "line 3: models.1 is 3; expected a text or a map"],
    ["models: []", "models is []"],
    ["- a", 'the file is ["a"]; expected a map'],
    ["samples: 3", "samples is 3; expected true or false"],
    ["fail-if: overal", 'fail-if is "overal": rule "overal"'],
    ["cache-size: much", 'cache-size is "much": '],
    ["queue: redis://x\noverwrite: true", "queue cannot be given beside overwrite"],
  ])("%j is refused, with its line", async (text, message) => {
    await expect(complete(text)).rejects.toThrow(message);
  });

  it.each([
    ["models: [a]\ntasks: A\n", true],
    ["models: [{model: a, precision: int8}]\n", true],
    ["models: [{precision: int9}]\n", false],
    ["tsks: [A]\n", false],
    ["model-config: {is_causal: false}\noutput: x.json\n", true],
  ])("agrees with its schema: %j", async (text, expected) => {
    expect(validate(readYaml(text, "x").value)).toBe(expected);
    expect(
      await complete(text).then(
        () => true,
        () => false,
      ),
    ).toBe(expected);
  });
});
