import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * The folder of reference material (official results, goldens, a Hub cache): `PRAMANA_SHARED`, or `shared` beside the
 * repository; undefined where there is none. Tests that need it are skipped then.
 */
export function sharedFolder(): string | undefined {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
  const folder = process.env["PRAMANA_SHARED"] ?? join(root, "..", "shared");
  return existsSync(folder) ? folder : undefined;
}
