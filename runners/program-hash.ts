import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../datasets/builtin.ts";
import { once } from "../tasks/once.ts";

/**
 * Computes the SHA-256 of the names and bytes of the program's modules, which tells one program from another of the same
 * version. Nothing where it does not run from its bundle, or cannot read it. They are read once.
 */
export const programHash = once(async (): Promise<string | undefined> => {
  const folder = dirname(fileURLToPath(import.meta.url));
  if (folder !== join(packageRoot(), "dist")) return undefined;
  try {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".js")).sort();
    const modules = await Promise.all(names.map((name) => readFile(join(folder, name))));
    const hash = createHash("sha256");
    for (const [i, bytes] of modules.entries()) hash.update(`${names[i]} ${bytes.length}\n`).update(bytes);
    return hash.digest("hex");
  } catch {
    return undefined;
  }
});
