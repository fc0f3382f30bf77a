import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../datasets/builtin.ts";
import { once } from "../tasks/once.ts";

/**
 * Returns the SHA-256 of the names and bytes of the program's modules, as its bundle was made with them
 * (`scripts/bundle.mjs`): it tells one program from another of the same version. Nothing where the sources run.
 */
export const programHash = once(async (): Promise<string | undefined> => {
  if (import.meta.url.endsWith(".ts")) return undefined;
  const text = await readFile(join(packageRoot(), "dist/program.sha256"), "utf8").catch(() => "");
  return /^[0-9a-f]{64}$/.exec(text)?.[0];
});
