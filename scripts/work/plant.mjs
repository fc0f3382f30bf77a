/** Faults that `npm run work` has to notice, and how one is planted in a copy of the compiled program. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundle } from "../bundle.mjs";
import { root } from "../prepare.mjs";

/** `from` in a compiled module becomes `to`; `notices` is the figure of the run that has to tell. */
export const faults = {
  "batches no longer sorted by length": {
    file: "models/batching.js",
    from: ".sort((a, b) => lengths[b] - lengths[a])",
    to: "",
    run: "transformer",
    notices: "places",
  },
  "each batch run twice": {
    file: "models/runtime/session.worker.cjs",
    from: "const results = await session.run(",
    to: "await session.run(toTensors(feeds), outputs);\n  const results = await session.run(",
    run: "transformer",
    notices: "runs",
  },
  "buffers copied to sessions, not handed over": {
    file: "models/runtime/session.js",
    from: "worker.postMessage(message, buffersOf(tensors))",
    to: "worker.postMessage(message)",
    run: "transformer",
    notices: "copiedBytes",
  },
  "a package loaded that the command does not need": {
    file: "commands/program.js",
    from: "import { Command",
    to: 'import "yaml";\nimport { Command',
    run: "help",
    notices: "sourceLength",
  },
  "a matrix sent anew with every product": {
    file: "models/runtime/ort-kernels.js",
    from: "tensors.get(worker) ?? ",
    to: "",
    run: "clustering",
    notices: "handedBytes",
  },
  "one session more than there are threads": {
    file: "models/runtime/ort-kernels.js",
    from: "{ length: threads }",
    to: "{ length: threads + 1 }",
    run: "retrieval",
    notices: "sessions",
  },
  "vectors made anew that are in the cache": {
    file: "models/cache/lookup.js",
    from: "await store.read(keys);",
    to: "(await store.read(keys)).map(() => undefined);",
    run: "kept-vectors",
    notices: "tokens",
  },
  "small files read twice": {
    file: "datasets/small-file.js",
    from: "const handle = await open(path);",
    to: "const first = await open(path);\n    await first.readFile();\n    await first.close();\n    const handle = await open(path);",
    run: "static",
    notices: "readBytes",
  },
  "all tokens copied for each text of a batch": {
    file: "models/batching.js",
    from: "members.map((member) => tokens[member])",
    to: "members.map((member) => structuredClone(tokens)[member])",
    run: "transformer",
    notices: "allocatedBytes",
  },
  "8 MB left behind by each batch": {
    file: "models/batching.js",
    from: "const mask = new Int32Array(",
    to: "(toBatch.kept ??= []).push(new Float32Array(2e6).fill(1));\n    const mask = new Int32Array(",
    run: "transformer",
    notices: "peakBytes",
  },
};

/**
 * Bundles a copy of the compiled modules, with a fault in one, in a folder where the program finds all else that it needs.
 * @returns the program's first file, and what removes the copy
 */
export async function plant({ file, from, to }) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-fault-"));
  for (const name of readdirSync(root))
    if (name !== "build" && name !== "dist") symlinkSync(join(root, name), join(folder, name));
  cpSync(join(root, "build"), join(folder, "build"), { recursive: true });
  const path = join(folder, "build", file);
  const text = readFileSync(path, "utf8");
  if (text.split(from).length !== 2) throw new Error(`work: ${file} no longer has ${from} once; write the fault anew`);
  writeFileSync(path, text.replace(from, to));
  await bundle(join(folder, "build"), join(folder, "dist"));
  return { program: join(folder, "dist/cli.js"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
