import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { flagsOf } from "../commands/definitions/definition.ts";
import { definitions } from "../commands/definitions/index.ts";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, string>>;
}

const read = (file: string): string => readFileSync(join(fileURLToPath(new URL("..", import.meta.url)), file), "utf8");
const text = read("action.yml");
const action = parse(text);
const steps: readonly Step[] = action.runs.steps;
const inputs = Object.keys(action.inputs);
const workflow = read("docs/examples/gate.yml");

const namesIn = (of: string, pattern: RegExp): string[] => [
  ...new Set([...of.matchAll(pattern)].map(([, name]) => name)),
];

describe("action.yml", () => {
  it("puts no expression into a script: inputs go through variables, which each step declares", () => {
    for (const { run = "", env = {} } of steps) {
      expect(run).not.toContain("${{");
      const given = namesIn(run, /\$\{?!?([A-Z_]+)/g).filter((name) => !name.startsWith("GITHUB_"));
      expect(given.filter((name) => !(name in env))).toEqual([]);
    }
  });

  it("uses each input that it declares, and no other", () => {
    expect(namesIn(text, /inputs\.([a-z-]+)/g).sort()).toEqual([...inputs].sort());
  });

  it("refers to steps that there are", () => {
    const ids = steps.flatMap(({ id }) => id ?? []);
    expect(namesIn(text, /steps\.([a-z]+)\./g).filter((name) => !ids.includes(name))).toEqual([]);
  });

  it("looks at the rules before anything is run", () => {
    const [first, second] = steps.filter(({ run = "" }) => run.includes("dist/cli.js"));
    expect(first?.run).toContain("--check-rules");
    expect(second?.run).toContain("run baseline");
  });

  it("keeps under the key what it looks for", () => {
    const [restored, saved] = steps.filter(({ uses }) => uses?.startsWith("actions/cache/"));
    expect(saved?.with?.["path"]).toBe(restored?.with?.["path"]);
  });

  it("calls commands with options that there are", () => {
    const known = definitions
      .filter(({ name }) => /^(run|compare)\b/.test(name))
      .flatMap(({ options }) =>
        Object.entries(options).map(([key, option]) => flagsOf(key, option).match(/--[a-z-]+/)?.[0]),
      );
    const scripts = steps.map(({ run = "" }) => run).filter((run) => run.includes("dist/cli.js"));
    const used = scripts.flatMap((run) => namesIn(run, /(--[a-z-]+)/g));
    expect(used.length).toBeGreaterThan(10);
    expect(used.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it("has every input in a row of docs/ci.md", () => {
    const rows = namesIn(read("docs/ci.md"), /`([a-z-]+)`(?=[^\n]*\|)/g);
    expect(inputs.filter((name) => !rows.includes(name))).toEqual([]);
  });
});

describe("the workflow of docs/ci.md", () => {
  it("is the file beside it, gives inputs that there are, and asks for no more than the comment needs", () => {
    const [, ...lines] = workflow.split("\n");
    expect(read("docs/ci.md")).toContain(`\`\`\`yaml\n${lines.join("\n")}\`\`\``);
    const { permissions, jobs } = parse(workflow);
    expect(permissions).toEqual({ contents: "read", "pull-requests": "write" });
    const given = (jobs.gate.steps as Step[]).find(({ uses }) => uses?.startsWith("OWNER/pramana@"))?.with ?? {};
    expect(Object.keys(given).filter((name) => !inputs.includes(name))).toEqual([]);
    const needed = inputs.filter((name) => action.inputs[name].required);
    expect(needed.filter((name) => !(name in given))).toEqual([]);
  });
});
