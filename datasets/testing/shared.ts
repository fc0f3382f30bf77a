import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Finds the folder with the reference material of some tests (real data sets, reference values): the environment's
 * `PRAMANA_SHARED`, or `shared` beside the repository. Where it returns undefined, such tests are skipped.
 */
export function sharedFolder(): string | undefined {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
  const folder = resolve(root, process.env["PRAMANA_SHARED"] ?? join("..", "shared"));
  return existsSync(join(folder, "hub")) ? folder : undefined;
}
