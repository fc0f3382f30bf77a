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

/** What a command printed, and its exit status. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A new folder, and the built command run in it, with nothing of this machine's own caches. */
export function openCli(): {
  readonly cwd: string;
  readonly pramana: (args: readonly string[], input?: string) => Promise<Ended>;
} {
  const cwd = mkdtempSync(join(tmpdir(), "pramana-cli-"));
  const caches = { HF_HUB_CACHE: join(cwd, "cache"), PRAMANA_CACHE: join(cwd, "vectors") };
  const env = { PATH: process.env["PATH"], ...caches, HF_HUB_OFFLINE: "1" };
  const pramana = async (args: readonly string[], input = ""): Promise<Ended> => {
    const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, out, err };
  };
  return { cwd, pramana };
}
