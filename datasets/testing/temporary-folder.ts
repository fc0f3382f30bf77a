import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives all tests one folder for their temporary files, and removes it when they are done. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "pramana-test-"));
  process.env["TMPDIR"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
