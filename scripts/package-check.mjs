/**
 * `node scripts/package-check.mjs [--archive FILE] [--node PATH …] [--npm PATH]` tries the package as a user does: a fresh
 * clone is packed (or FILE is taken), npm installs the archive in an empty folder, with nothing but its registry, and with
 * each Node the built-in benchmark is run, the public types are compiled, and a test with the matchers passes. Ends with 1
 * where something does not hold. It needs npm's registry, a minute or two, and 0.6 GB; PATH of npm is its npm-cli.js.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./prepare.mjs";

const options = {
  archive: { type: "string" },
  node: { type: "string", multiple: true, default: [process.execPath] },
  npm: { type: "string" },
};
const { values } = parseArgs({ options });
const scratch = mkdtempSync(join(tmpdir(), "pramana-package-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
const user = join(scratch, "user");
const model = "pramana/static-minilm-128";

/** Files of a project that imports what the package exports. */
const files = {
  "package.json": JSON.stringify({ name: "user", private: true, type: "module" }),
  "tsconfig.json": JSON.stringify({
    compilerOptions: { strict: true, noEmit: true, target: "es2022", module: "esnext", types: ["node"] },
    include: ["use.ts"],
  }),
  "use.ts": `import { type EvaluateOptions, evaluate, InputError, type TaskSpec } from "pramana";
import "pramana/vitest";
export const options: EvaluateOptions = { model: "${model}", tasks: ["MiniSTS"] };
export const score = async (): Promise<number | undefined> => (await evaluate(options)).scores["MiniSTS"];
export const typeOf = (task: TaskSpec): string => task.type;
export const isOurs = (error: unknown): boolean => error instanceof InputError;
// @ts-expect-error there is no such type of task
export const wrong = (task: TaskSpec): boolean => task.type === "Poetry";
`,
  "model.test.js": `import { expect, it } from "vitest";
import "pramana/vitest";
it("is as good as ever", async () => {
  await expect("${model}").toScoreAtLeast("MiniSTS", 0.71);
  await expect(expect("${model}").toScoreAtLeast("MiniSTS", 0.72)).rejects.toThrow();
}, 60_000);
`,
};

/** Runs a program in the user's folder; returns its exit status, and all that it wrote. */
function run(program, args, path = process.env.PATH) {
  const env = { PATH: path, HOME: scratch, HF_HUB_OFFLINE: "1", npm_config_registry: process.env.npm_config_registry };
  const kept = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: user, env: kept, encoding: "utf8" });
  return { status, text: `${stdout}${stderr}` };
}

/** Tells whether a step held, with what was written where it did not. */
function tell(what, { status, text }, holds = () => true) {
  const isWell = status === 0 && holds(text);
  console.log(`${isWell ? "✓" : "✗"} ${what}${isWell ? "" : `\n${text}`}`);
  if (!isWell) process.exitCode = 1;
}

/** Packs a fresh clone of what is committed. */
function pack() {
  const clone = join(scratch, "clone");
  execFileSync("git", ["clone", "--quiet", root, clone]);
  execFileSync("npm", ["pack", "--silent"], { cwd: clone, stdio: ["ignore", "ignore", "inherit"] });
  return join(
    clone,
    readdirSync(clone).find((name) => name.endsWith(".tgz")),
  );
}

/** Tries what was installed with one Node, which comes first on the path. */
function tryWith(node) {
  const version = spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
  const path = `${dirname(node)}${delimiter}${process.env.PATH}`;
  const local = (file) => join(user, "node_modules", file);
  const sample = ["run", "--model", model, "--benchmark", "pramana-mini", "--results", `results-${version}`];
  tell(`${version}: pramana run`, run(join(user, "node_modules/.bin/pramana"), sample, path), (text) =>
    /\| MiniSTS +\| STS +\| +71\.09 \|/.test(text),
  );
  for (const how of ["node16", "nodenext", "bundler"]) {
    const module = how === "bundler" ? "esnext" : how;
    const args = [local("typescript/bin/tsc"), "-p", ".", "--module", module, "--moduleResolution", how];
    tell(`${version}: types, moduleResolution ${how}`, run(node, args, path));
  }
  tell(`${version}: the matchers`, run(node, [local("vitest/vitest.mjs"), "run"], path));
}

mkdirSync(user);
for (const [name, text] of Object.entries(files)) writeFileSync(join(user, name), text);
const archive = values.archive === undefined ? pack() : resolve(values.archive);
const npm = values.npm === undefined ? ["npm"] : [process.execPath, resolve(values.npm)];
const install = [...npm.slice(1), "install", "--no-audit", "--no-fund"];
tell("npm install of the archive", run(npm[0], [...install, archive]), (text) => !/EBADENGINE|deprecated/.test(text));
tell("npm install of what the tests need", run(npm[0], [...install, "vitest@4", "typescript", "@types/node"]));
for (const node of values.node) tryWith(resolve(node));
