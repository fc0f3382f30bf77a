/** The built program over the data and models of the reference material, with caches of its own, for planted faults. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runToEnd } from "./json-lines.mjs";
import { prepare, referenceMaterial, root } from "./prepare.mjs";

/**
 * Makes a scratch folder, which goes when the script ends unless `--keep` was given, and what runs commands in it. Ends the
 * script where there is no reference material.
 */
export function openOffline(name) {
  const shared = referenceMaterial(name);
  prepare();
  const scratch = mkdtempSync(join(tmpdir(), `pramana-${name}-`));
  if (!process.argv.includes("--keep")) process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));
  const env = {
    ...process.env,
    HF_HUB_CACHE: join(shared, "hub"),
    HF_HUB_OFFLINE: "1",
    PRAMANA_CACHE: join(scratch, "cache"),
  };
  const settings = { env, cwd: scratch, encoding: "utf8", maxBuffer: 2 ** 28 };
  const pramana = (...args) => runToEnd(process.execPath, [join(root, "dist/cli.js"), ...args], settings);
  return { shared, scratch, settings, pramana };
}
