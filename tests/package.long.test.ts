import { execFile, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { faultsIn } from "./markdown.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const { carriedPackages } = await import(join(root, "scripts/bundle/carried.mjs"));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const consumer = mkdtempSync(join(tmpdir(), "pramana-consumer-"));
const sample = "pramana/static-minilm-128";

/** Links a package, as there is no registry here, and as those that lie beside the program take half a minute to pack. */
function link(name: string, folder = join(consumer, "node_modules")): void {
  const target = join(folder, name);
  mkdirSync(dirname(target), { recursive: true });
  symlinkSync(join(root, "node_modules", name), target, "dir");
}

function run(
  file: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const { PATH } = process.env;
  const cache = join(consumer, "cache");
  const env = { PATH, HF_HUB_CACHE: cache, HF_HUB_OFFLINE: "1", PRAMANA_CACHE: cache, NO_COLOR: "1", ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { cwd: consumer, env }, (error, out, err) =>
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err }),
    );
  });
}

/** Uses of the public interface that must compile, and some that must not. */
const types = `
import { compare, evaluate, FailedTasksError, InputError, openModel } from "pramana";
import type { EvaluateOptions, ModelEvaluation, OwnTask, TaskSpec } from "pramana";
import { expect } from "vitest";
import "pramana/vitest";

const own: OwnTask = {
  name: "FerryMail", type: "Classification", dataset: { path: "./ferry-mail" },
  languages: { default: ["eng-Latn"] }, settings: { samplesPerLabel: 4 },
};
export const whole = (task: TaskSpec): OwnTask => task;
export const options: EvaluateOptions = { model: "${sample}", tasks: ["MiniSTS", own], precision: "fp32" };
export const scores = async (): Promise<number | undefined> => (await evaluate(options)).scores["MiniSTS"];
export const vector = async (): Promise<Float32Array | undefined> =>
  (await (await openModel({ model: "${sample}" })).encode(["a text"], { role: "query" }))[0];
export const verdict = async (): Promise<string | undefined> =>
  (await compare("runs/base", "runs/candidate", { failIf: ["overall < -0.2"], allow: ["precision"] })).overall?.verdict;
export const reasons = (error: unknown): unknown =>
  error instanceof FailedTasksError ? error.failures : error instanceof InputError ? error.message : error;
export async function matchers(done: ModelEvaluation): Promise<void> {
  await expect("${sample}").toScoreAtLeast("MiniSTS", 0.7);
  await expect(options).not.toScoreAtLeast("MiniSTS", 0.9);
  await expect(done).toMatchBaseline("baseline.json", { tolerance: 0.001 });
}
// @ts-expect-error a precision that there is not
export const wrong: EvaluateOptions = { model: "a", tasks: ["b"], precision: "fp8" };
// @ts-expect-error a name that is misspelt
export const misspelt: EvaluateOptions = { model: "a", task: ["b"] };
// @ts-expect-error points are no argument of it
export const points = async (): Promise<void> => expect("a").toScoreAtLeast("MiniSTS", "81");
`;

/** Files in the archive. */
let packed: readonly string[];

beforeAll(() => {
  const copy = mkdtempSync(join(tmpdir(), "pramana-copy-"));
  const isPacked = (path: string): boolean =>
    !/^(\.git|node_modules|build|dist.node_modules)$/.test(relative(root, path));
  cpSync(root, copy, { recursive: true, filter: isPacked });
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", consumer];
  const npm = spawnSync("npm", pack, { cwd: copy, encoding: "utf8" });
  expect(npm.status, npm.stderr).toBe(0);
  mkdirSync(join(consumer, "node_modules"));
  const archive = readdirSync(consumer).find((name) => name.endsWith(".tgz")) as string;
  expect(spawnSync("tar", ["-xzf", archive], { cwd: consumer }).status).toBe(0);
  renameSync(join(consumer, "package"), join(consumer, "node_modules/pramana"));
  packed = readdirSync(installed(), { recursive: true }).map(String);
  for (const name of [...Object.keys(manifest.dependencies), "vitest", "@types/node"]) link(name);
  for (const { name } of carriedPackages()) link(name, installed("dist/node_modules"));
  writeFileSync(join(consumer, "package.json"), JSON.stringify({ type: "module" }));
  writeFileSync(join(consumer, "use.ts"), types);
}, 60_000);

const installed = (...path: string[]): string => join(consumer, "node_modules/pramana", ...path);

// Each test starts programs of its own, which take their time on a busy machine.
const slow = { timeout: 60_000 };

describe("the package as npm packs it", slow, () => {
  it("carries no test, fixture or script", () => {
    expect(packed).toContain("dist/cli.js");
    expect(
      packed.filter((file) =>
        /\.test\.|fixtures|testing\/|^tests|^dist\/tests|^scripts|^build|\.map$|pramana-built/.test(file),
      ),
    ).toEqual([]);
  });

  it("carries every file that its pages link to", () => {
    expect(faultsIn(installed())).toEqual([]);
  });

  it("runs the built-in benchmark, and makes a page of it with the published scores", async () => {
    const measured = await run(installed("dist/cli.js"), ["run", "--model", sample, "--benchmark", "pramana-mini"]);
    expect(measured.err).toContain("MiniSTS: 71.09 in");
    expect([measured.code, measured.out.slice(0, 6)]).toEqual([0, "| Task"]);
    const page = ["report", "--baselines", "--benchmark", "MTEB(eng, v2)", "--output", "report.html"];
    expect(await run(installed("dist/cli.js"), page)).toMatchObject({ code: 0 });
    expect(readFileSync(join(consumer, "report.html"), "utf8")).toContain("<table");
  });

  it("writes a task file for a folder, with the path of the schema that it carries", async () => {
    const folder = "node_modules/pramana/docs/examples/ferry-mail";
    expect(await run(installed("dist/cli.js"), ["init", folder, "--output", "mail.json"])).toMatchObject({ code: 0 });
    const { $schema, dataset } = JSON.parse(readFileSync(join(consumer, "mail.json"), "utf8"));
    expect([$schema, dataset.path]).toEqual(["./node_modules/pramana/task-file.schema.json", `./${folder}`]);
    expect(existsSync(join(consumer, $schema))).toBe(true);
  });

  it("evaluates for a program, whose output is its own", async () => {
    writeFileSync(
      join(consumer, "use.js"),
      `import { evaluate } from "pramana";
      const { meanTask } = await evaluate({ model: "${sample}", tasks: ["MiniSTS"], prompts: "none.json" });
      process.stdout.write(meanTask.toFixed(4));`,
    );
    writeFileSync(join(consumer, "none.json"), JSON.stringify({ nothing: "is called so" }));
    expect(await run("use.js", [])).toEqual({ code: 0, out: "0.7109", err: "" });
  });

  it.each(["nodenext", "node16", "bundler"])("has types for a project that resolves as %s", async (how) => {
    const module = how === "bundler" ? "esnext" : how;
    const settings = {
      strict: true,
      exactOptionalPropertyTypes: true,
      noEmit: true,
      target: "es2022",
      types: ["node"],
      // Of TypeScript's own declarations nothing is to be learnt here.
      skipDefaultLibCheck: true,
    };
    const compilerOptions = { ...settings, module, moduleResolution: how };
    writeFileSync(join(consumer, `${how}.json`), JSON.stringify({ compilerOptions, files: ["use.ts"] }));
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    expect(await run(tsc, ["-p", `${how}.json`])).toMatchObject({ out: "", code: 0 });
  });
});

describe("pramana/vitest in a project's own tests", slow, () => {
  const vitest = (args: readonly string[], variables = {}) =>
    run(
      join(root, "node_modules/vitest/vitest.mjs"),
      ["run", "--root", consumer, "--testTimeout=60000", ...args],
      variables,
    );
  const baseline = join(consumer, "model.baseline.json");
  const scoreIn = (): number => JSON.parse(readFileSync(baseline, "utf8")).tasks.MiniSTS.score;

  it("keeps a baseline by vitest's own rules: not written in CI, written elsewhere, made anew with -u", async () => {
    writeFileSync(
      join(consumer, "model.test.js"),
      `import { expect, it } from "vitest";
      import "pramana/vitest";
      const model = { model: "${sample}", tasks: ["MiniSTS", "MiniRetrieval"] };
      it("is as good as ever", async () => {
        await expect(model).toScoreAtLeast("MiniSTS", 0.71);
        await expect(model).toMatchBaseline("model.baseline.json", { tolerance: 0.002 });
      });`,
    );
    const missing = await vitest([], { CI: "1" });
    expect([missing.code, existsSync(baseline)]).toEqual([1, false]);
    expect(missing.err).toContain("Error: baseline model.baseline.json does not exist, and in CI none is written");
    expect(await vitest([])).toMatchObject({ code: 0 });
    expect(scoreIn()).toBe(0.710937);
    writeFileSync(baseline, readFileSync(baseline, "utf8").replace("0.710937", "0.720937"));
    expect(await vitest(["-u"])).toMatchObject({ code: 0 });
    expect(scoreIn()).toBe(0.710937);
  });
});
