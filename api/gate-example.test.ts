import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { flagsOf } from "../commands/definitions/definition.ts";
import { definitions } from "../commands/definitions/index.ts";

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string>>;
}

const workflow = parse(readFileSync("docs/examples/gate.yml", "utf8"));
const { env, steps } = workflow.jobs.gate as { env: Record<string, string>; steps: readonly Step[] };
const scripts = steps.flatMap(({ run }) => run ?? []);

/** Returns the options of `npx pramana NAME …` in the workflow. */
const optionsOf = (name: string): string[][] =>
  scripts
    .filter((script) => script.startsWith(`npx pramana ${name} `))
    .map((script) => [...new Set(script.match(/--[a-z-]+/g))]);

describe("the workflow of docs/testing-models.md", () => {
  it("asks for no more than reading, and puts nothing of an event into a script", () => {
    expect(workflow.permissions).toEqual({ contents: "read" });
    expect(Object.keys(workflow.on)).toEqual(["pull_request"]);
    expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
  });

  it("knows every variable that its scripts name", () => {
    const named = scripts.flatMap((script) => [...script.matchAll(/\$([A-Z_]+)/g)].map((match) => match[1]));
    expect([...new Set(named)].filter((name) => !(name in env))).toEqual(["GITHUB_STEP_SUMMARY"]);
  });

  it("keeps under the key what it looks for", () => {
    const [restored, saved] = steps.filter(({ uses }) => uses?.startsWith("actions/cache/"));
    expect(saved?.with?.["path"]).toBe(restored?.with?.["path"]);
  });

  it("runs both models, and compares them, with options that there are", () => {
    const known = definitions
      .filter(({ name }) => /^(run|compare)\b/.test(name))
      .flatMap(({ options }) =>
        Object.entries(options).map(([key, option]) => flagsOf(key, option).match(/--[a-z-]+/)?.[0]),
      );
    expect(optionsOf("compare")).toEqual([["--tasks", "--fail-if", "--output"]]);
    expect(optionsOf("run")).toEqual([
      ["--model", "--revision", "--tasks", "--results"],
      ["--model", "--tasks", "--results"],
    ]);
    for (const option of [...optionsOf("run"), ...optionsOf("compare")].flat()) expect(known).toContain(option);
  });
});
