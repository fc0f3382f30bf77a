import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { endingOf, exitCodes, runProgram } from "../commands/program.ts";
import { plainNotes } from "../commands/streams.ts";
import type { Terminal } from "../commands/terminal.ts";

/** Path of the built program. */
export const builtCli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));

/** Models that are at hand everywhere. */
export const fixture = fileURLToPath(new URL("../models/fixtures/bert-cls", import.meta.url));
export const sample = "pramana/static-minilm-128";

/** Texts that a command printed, and its exit status. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line, with `input` on its standard input. */
type Run = (args: readonly string[], input?: string) => Promise<Ended>;

const home = process.cwd();
/**
 * The command before, which a test whose time was over may have left running: the folder of the process is one for all,
 * and what is written to the wrong one may lie in the repository.
 */
let last: Promise<unknown> = Promise.resolve();

/** Makes a folder, and two ways to run a command in it without this machine's own caches. */
export function openCli(): {
  readonly cwd: string;
  /** Runs the program in this process, one command after the other: starting it would take most of the time. */
  readonly pramana: Run;
  /** Runs the built program in a process of its own: for what `cli.ts` adds, and what only files hand on. */
  readonly pramanaProcess: Run;
} {
  const cwd = mkdtempSync(join(tmpdir(), "pramana-cli-"));
  const caches = { HF_HUB_CACHE: join(cwd, "cache"), PRAMANA_CACHE: join(cwd, "vectors") };
  const env = { PATH: process.env["PATH"], ...caches, HF_HUB_OFFLINE: "1" };
  const inProcess: Run = async (args, input = "") => {
    const out: string[] = [];
    const err: string[] = [];
    const ended = (code: number): Ended => ({ code, out: out.join(""), err: err.join("") });
    const terminal: Terminal = {
      env,
      out: (text) => void out.push(text),
      err: (text) => void err.push(plainNotes(text)),
      readInput: async () => input,
      now: () => Date.now() / 1000,
      signal: new AbortController().signal,
    };
    process.chdir(cwd);
    try {
      const well = await runProgram(terminal, ["node", "pramana", ...args]);
      return ended(well ? exitCodes.done : exitCodes.failed);
    } catch (error) {
      const { status, told } = endingOf(error);
      err.push(told);
      return ended(status);
    } finally {
      process.chdir(home);
    }
  };
  const pramana: Run = (args, input) => {
    const ended = last.then(() => inProcess(args, input));
    last = ended.catch(() => {});
    return ended;
  };
  const pramanaProcess: Run = async (args, input = "") => {
    const child = spawn(process.execPath, [builtCli, ...args], { cwd, env });
    child.stdin.end(input);
    const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
    const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    return { code, out, err };
  };
  return { cwd, pramana, pramanaProcess };
}
