import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { parseRule } from "../reports/comparison/rule.ts";
import { result } from "../reports/testing/results.ts";
import { toResultFile } from "../runners/results/result-file.ts";
import { type CompareChoice, compare } from "./compare.ts";
import type { Terminal } from "./terminal.ts";

const root = mkdtempSync(join(tmpdir(), "compare-"));
for (const [model, score] of [
  ["x", 0.5],
  ["y", 0.48],
  ["w", 0.51],
] as const) {
  const folder = join(root, `a__${model}`, "r1");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "STS12.json"), JSON.stringify(toResultFile(result("STS12", score))));
}

/** Runs the command, and returns what it printed. */
async function run(
  choice: Partial<CompareChoice>,
  names = { base: "a/x", candidates: ["a/y"] },
  widths: Pick<Terminal, "width" | "outWidth"> = {},
) {
  const printed = { out: "", err: "" };
  const terminal: Terminal = {
    env: {},
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    ...widths,
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
  };
  const passed = await compare(names, { results: [root], seed: 42, ...choice }, terminal);
  return { passed, ...printed };
}

it("prints Markdown and passes without rules", async () => {
  const { passed, out } = await run({});
  expect(passed).toBe(true);
  expect(out).toContain(
    "**Unknown**: Mean (Task) −2.00 points, and no samples tell how sure that is, over 1 task: 1 unknown.",
  );
});

it("fails where a rule trips, of the command line or of a file, and writes the forms that files name", async () => {
  const gate = join(root, "gate.txt");
  writeFileSync(gate, "STS < -1 # points\n");
  const output = ["a.md", "b.json", "c.xml", "d.html"].map((name) => join(root, name));
  const { passed, out, err } = await run({ failIf: [parseRule("any > 0")], gate: [gate], output, format: "junit" });
  expect(passed).toBe(false);
  expect(err).toContain("tripped: STS < -1: STS −2.00\n");
  const written = output.map((file) => readFileSync(file, "utf8"));
  expect(written.map((text) => text.slice(0, 9))).toEqual(["**Unknown", '{\n  "base', "<?xml ver", "<!doctype"]);
  expect(out).toBe(written[2]);
});

it("takes the rules of each file of rules", async () => {
  const gates = ["overall < -1", "STS < -9"].map((rule, i) => {
    const file = join(root, `gate-${i}.txt`);
    writeFileSync(file, `${rule}\n`);
    return file;
  });
  const { passed, err } = await run({ gate: gates });
  expect(passed).toBe(false);
  expect(err).toContain("tripped: overall < -1: overall −2.00\n");
});

it("tells in a terminal once what tripped", async () => {
  const failIf = [parseRule("overall < -1")];
  const { out, err } = await run({ failIf }, undefined, { width: 80, outWidth: 80 });
  expect(out).toContain("Gate failed: 1 of 1 rule tripped\noverall < -1: overall −2.00\n");
  expect(err).not.toContain("tripped");
  expect((await run({ failIf }, undefined, { outWidth: 80 })).err).toContain("tripped: overall < -1");
  expect((await run({ failIf }, undefined, { width: 80 })).err).toContain("tripped: overall < -1");
});

it("says where a run is compared with itself", async () => {
  const note = "base and candidate are the same stored results\n";
  const link = join(root, "link");
  symlinkSync(join(root, "a__x"), link);
  expect((await run({}, { base: "a/x", candidates: [link] })).err).toBe(note);
  expect((await run({})).err).toBe("");
});

it("holds several candidates against the base, and the rules against each", async () => {
  const names = { base: "a/x", candidates: ["a/y", "a/w"] };
  const output = ["s.md", "s.json", "s.xml", "s.html"].map((name) => join(root, name));
  const { passed, out, err } = await run({ failIf: [parseRule("overall < -1")], output }, names);
  expect(passed).toBe(false);
  expect(err).toBe("tripped: a/y at r1: overall < -1: overall −2.00\n");
  expect(out).toMatch(/^\*\*2 candidates\*\* against base `a\/x at r1`/);
  expect(readFileSync(output[0], "utf8")).toBe(out);
  expect(JSON.parse(readFileSync(output[1], "utf8")).comparisons).toHaveLength(2);
  expect((await run({ failIf: [parseRule("overall < -3")] }, names)).passed).toBe(true);
  await expect(run({}, { base: "a/x", candidates: ["a/y", "a/w", "a/y@r1"] })).rejects.toThrow(
    new UsageError("compare: two candidates are the same stored results, a/y at r1; name each once"),
  );
  expect((await run({}, { base: "a/x", candidates: ["a/y", "a/x"] })).err).toBe(
    "base and a/x at r1 are the same stored results\n",
  );
});

it("takes tasks that are named, and says which there are not", async () => {
  const { passed } = await run({ tasks: ["STS12", "STS13"], failIf: [parseRule("any < -9")] });
  expect(passed).toBe(false);
  await expect(run({ tasks: ["STS112"] })).rejects.toThrow(
    new UsageError(
      '--tasks: there is no task "STS112" (did you mean "STS12"?); `pramana tasks` lists them, --task-file adds your own',
    ),
  );
});

it("calls it wrong usage where a run, a gate or a form does not exist", async () => {
  await expect(run({}, { base: "a/z", candidates: ["a/y"] })).rejects.toThrow(UsageError);
  await expect(run({ gate: [join(root, "none")] })).rejects.toThrow(
    /^--gate: there is no file .*none; expected a file with one rule a line/,
  );
  writeFileSync(join(root, "bad.txt"), "any\n");
  await expect(run({ gate: [join(root, "bad.txt")] })).rejects.toThrow(UsageError);
  writeFileSync(join(root, "typo.txt"), "any < 0\noveral < -0.2\n");
  await expect(run({ gate: [join(root, "typo.txt")] })).rejects.toThrow(
    /typo.txt, line 2: rule "overal < -0.2": there is no task or type "overal" \(did you mean "overall"\?\); expected /,
  );
  await expect(run({ failIf: [parseRule("STS13 < -1")], tasks: ["STS12"] })).rejects.toThrow(UsageError);
  await expect(run({ output: ["report.pdf"] })).rejects.toThrow(
    /^--output: report.pdf does not say its form; expected a name/,
  );
});

it("checks rules without any run, and refuses one that nothing could decide", async () => {
  const names = { base: "baseline", candidates: ["candidate"] };
  const check = (rule: string) => run({ checkRules: true, failIf: [parseRule(rule)], tasks: ["STS12"] }, names);
  expect(JSON.stringify(await check("overall < -0.2"))).toContain("1 rule can be decided");
  await expect(check("overal < -0.2")).rejects.toThrow(
    /there is no task or type "overal" \(did you mean "overall"\?\)/,
  );
  await expect(run({ checkRules: true }, names)).rejects.toThrow("--check-rules: there are none");
});
