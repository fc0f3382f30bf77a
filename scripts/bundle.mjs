/**
 * Makes of the compiled modules, and of the packages that they import, the few files that users get: `bundle()` reads
 * build/ and writes dist/ (docs/decisions/020-one-bundle.md). `node scripts/bundle.mjs` does so by itself.
 */
import { createHash } from "node:crypto";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { carriedPackages } from "./bundle/carried.mjs";
import { licenceTexts } from "./bundle/licences.mjs";
import { root } from "./prepare.mjs";

/** What a user starts or imports: the file in dist/, and the module that it is made of. */
const modules = { cli: "cli.js", work: "work.js", index: "api/index.js", vitest: "api/vitest.js" };
/** Programs of their own threads and processes: no ES modules, which open more slowly. */
const programs = {
  "session.worker": "models/runtime/session.worker.cjs",
  "try-out": "models/runtime/try-out.cjs",
  rust: "models/tokenizer/rust.cjs",
  template: "models/tokenizer/template.cjs",
};
/**
 * Files that hold a module with all that it imports, or what a module imports with all that that imports, but for what is in
 * a file above: one file is loaded more quickly than many. What is imported when it is needed has files of its own.
 */
const together = [
  { name: "start", importedBy: "cli.js" },
  { name: "program", importedBy: "work.js" },
  // What shows results, which must not load what a run needs.
  { name: "tables", module: "commands/leaderboard.js" },
  { name: "measuring", module: "commands/run.js" },
];
/** Files that a bundled package reads from its own folder, and where they then have to be. */
const files = { "browser/index_bg.wasm": "multilingual-stemmer/dist/browser/index_bg.wasm" };
/** Packages with native code, which lie beside the program, and one that the user brings. */
const apart = ["onnxruntime-node", "@anush008/tokenizers", "vitest"];
/** Packages that others can use and do without. */
const absent = ["canvas"];
/**
 * Modules of packages that hold more than is used of them, with what is put in their place: zod's words in 60 languages,
 * unpackers of parquet's pages where Node's own are taken (`datasets/unpack.ts`).
 */
const shortened = {
  "zod/v4/locales/index.js": 'export { default as en } from "./en.js";',
  "hyparquet-compressors/src/brotli.js": "export const decompressBrotli = undefined;",
  "hyparquet-compressors/src/gzip.js": "export const gunzip = undefined;",
};

/** Bundles the compiled modules of a folder into another. Throws where something is not understood. */
export async function bundle(from = join(root, "build"), to = join(root, "dist")) {
  const plugins = [{ name: "shorten", load: (id) => shortened[id.split("/node_modules/").at(-1)] }];
  const options = { platform: "node", external: [...apart, ...absent], onLog, plugins };
  const inFrom = (entries) => Object.fromEntries(Object.entries(entries).map(([to, path]) => [to, join(from, path)]));
  const groups = together.map(({ name, module, importedBy }, index) => ({
    name: (id, context) => {
      const fits = module ? id === join(from, module) : importersOf(id, context).includes(join(from, importedBy));
      return fits ? name : null;
    },
    debugName: name,
    priority: together.length - index,
  }));
  const made = await rolldown({ ...options, input: inFrom(modules) });
  const scripts = await rolldown({ ...options, input: inFrom(programs) });
  const outputs = [
    await made.write({ dir: to, format: "esm", chunkFileNames: "[name].js", codeSplitting: { groups } }),
    await scripts.write({ dir: to, format: "cjs", entryFileNames: "[name].cjs", chunkFileNames: "[name].cjs" }),
  ].flatMap(({ output }) => output);
  for (const [file, source] of Object.entries(files)) cpSync(join(root, "node_modules", source), join(to, file));
  const bundled = outputs.flatMap(({ modules = {} }) => Object.keys(modules));
  for (const id of bundled) requireFiles(id, to);
  writeFileSync(join(to, "program.sha256"), hashOf(outputs.map(({ fileName }) => fileName).sort(), to));
  const beside = carriedPackages().map(({ name }) => join(root, "node_modules", name, "package.json"));
  writeFileSync(join(to, "licences.txt"), licenceTexts([...bundled, ...beside]));
  return outputs;
}

/** Computes the SHA-256 of the names, lengths and bytes of files of a folder, which results record of the program. */
function hashOf(names, folder) {
  const hash = createHash("sha256");
  for (const name of names) {
    const bytes = readFileSync(join(folder, name));
    hash.update(`${name} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest("hex");
}

/** Lists the paths of the modules that import one at once. */
const importersOf = (id, context) => context.getModuleInfo(id)?.importers ?? [];

/** Nothing that the bundler doubts goes out; that a module is loaded at once in one place and later in another is no doubt. */
function onLog(_level, { code, message }) {
  if (code !== "INEFFECTIVE_DYNAMIC_IMPORT") throw new Error(`bundle: ${message}`);
}

/** Throws where a module finds a file beside itself that does not lie beside the bundle. */
function requireFiles(id, to) {
  if (!existsSync(id)) return;
  const brought = Object.values(files).map((file) => join(root, "node_modules", file));
  for (const [, path] of readFileSync(id, "utf8").matchAll(/new URL\(\s*["']([^"']+)["'],\s*import\.meta\.url/g)) {
    if (existsSync(resolve(to, path)) || brought.includes(resolve(dirname(id), path))) continue;
    throw new Error(`bundle: ${id} reads ${path}, which is not in ${to}`);
  }
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) await bundle();
