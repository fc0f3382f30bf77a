import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

/** The built program. */
export const builtCli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

/** Models that are at hand everywhere. */
export const fixture = fileURLToPath(new URL("../../models/fixtures/bert-cls", import.meta.url));
export const sample = "pramana/static-minilm-128";

/** Folder in which the commands run; one for each test file. */
export const cwd = mkdtempSync(join(tmpdir(), "pramana-cli-"));

/** Runs the built command with nothing of this machine's own caches. */
export async function pramana(
  args: readonly string[],
  input = "",
): Promise<{ code: number | null; out: string; err: string }> {
  const caches = { HF_HUB_CACHE: join(cwd, "cache"), PRAMANA_CACHE: join(cwd, "vectors") };
  const env = { PATH: process.env["PATH"], ...caches, HF_HUB_OFFLINE: "1" };
  const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, out, err };
}
