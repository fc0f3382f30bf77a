/** Installs and builds what is missing or out of date, quietly; at once when nothing is. */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
/** The benchmark of the project's own checks, and the task file that holds it. */
export const offline = { name: "pramana(offline)", file: join(root, "scripts/parity/tasks.json") };
/** Imports a compiled module of the program, as it is before it is bundled. What `gpu-pack.sh` packs has these in dist/. */
export const built = (path) => import(join(root, existsSync(join(root, "build")) ? "build" : "dist", path));
// Measured programs and those they start (Python's ONNX Runtime too) tell nobody of what ran (docs/safety.md).
process.env.ORT_DISABLE_TELEMETRY ??= "1";
const oldestNode = [20, 19];
const sourceFolders = ["datasets", "models", "tasks", "runners", "reports", "commands", "api"];

export function prepare() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1])) {
    fail(`Pramana needs Node ${oldestNode.join(".")} or newer; this is ${process.version}`);
  }
  const lock = hashOf(["package-lock.json"]);
  once("node_modules/.pramana-installed", lock, "Installing packages (once) …", () => npm(["ci", "--ignore-scripts"]));
  const sources = hashOf([
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.build.json",
    "cli.ts",
    "work.ts",
    "scripts/bundle.mjs",
    "scripts/bundle/carried.mjs",
    "scripts/bundle/licences.mjs",
    ...sourceFolders.flatMap(sourcesIn),
  ]);
  once("dist/.pramana-built", sources, "Building …", build);
}

/** Compiles the sources to build/, and bundles that to dist/. */
export function build() {
  for (const folder of ["build", "dist"]) rmSync(join(root, folder), { recursive: true, force: true });
  run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"]);
  run(process.execPath, [join(root, "scripts/bundle.mjs")]);
}

/** Returns the reference material's folder (../shared, or PRAMANA_SHARED), or ends and says that `what` is skipped. */
export function referenceMaterial(what, folder = "hub") {
  const shared = resolve(root, process.env.PRAMANA_SHARED ?? "../shared");
  if (existsSync(join(shared, folder))) return shared;
  console.log(`${what}: skipped, no reference material at ${shared} (PRAMANA_SHARED names another place)`);
  process.exit(0);
}

/** Does the work unless the stamp says that it was done for the same key. */
function once(stamp, key, notice, work) {
  const path = join(root, stamp);
  if (existsSync(path) && readFileSync(path, "utf8") === key) return;
  process.stderr.write(`${notice}\n`);
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, key);
}

function sourcesIn(folder) {
  return readdirSync(join(root, folder), { recursive: true })
    .map((entry) => join(folder, String(entry)))
    .filter((path) => /\.(ts|mjs|cjs)$/.test(path) && !path.endsWith(".test.ts") && statSync(join(root, path)).isFile())
    .sort();
}

function hashOf(paths) {
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

/** Runs the npm that runs this script, or the one on the path. */
function npm(args) {
  const cli = process.env.npm_execpath;
  if (cli?.endsWith("js")) run(process.execPath, [cli, ...args]);
  else run("npm", args);
}

/** Runs a command; shows its output only when it fails. */
function run(command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: "utf8" });
  if (status !== 0)
    fail(`${stdout ?? ""}${stderr ?? ""}${error ? `${error.message}\n` : ""}This failed: ${command} ${args.join(" ")}`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Runs a command on this terminal and ends with its exit status. */
export function hand(command, args) {
  // Ctrl-C reaches the child too; its own ending decides.
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  const { status } = spawnSync(command, args, { cwd: process.env.INIT_CWD ?? root, stdio: "inherit" });
  process.exit(status ?? 1);
}
