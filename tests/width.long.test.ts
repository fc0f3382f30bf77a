import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { beforeAll, describe, expect, it } from "vitest";
import { definitions } from "../commands/definitions/index.ts";
import { runProgram } from "../commands/program.ts";
import { clearLine, type Given, type Told } from "../commands/streams.ts";
import type { Terminal } from "../commands/terminal.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const folder = mkdtempSync(join(tmpdir(), "pramana-width-"));
const results = join(cwd, "results");

/** Runs a command as at a terminal of so many columns, and returns the lines that stay there. */
async function linesAt(width: number, args: readonly string[]): Promise<readonly string[]> {
  const given: Given = { argv: ["node", "pramana", ...args], width, outWidth: width, canAsk: false };
  const worker = new Worker(new URL("../dist/work.js", import.meta.url), {
    workerData: given,
    env: { HF_HUB_CACHE: join(folder, "hub"), PRAMANA_CACHE: join(folder, "vectors"), HF_HUB_OFFLINE: "1" },
  });
  let shown = "";
  worker.on("message", (told: Told) => {
    if (told.kind === "out" || told.kind === "err") shown += told.text;
  });
  await new Promise((resolve, reject) => worker.on("exit", resolve).on("error", reject));
  return shown.split("\n").map((line) => line.split(clearLine).at(-1) ?? "");
}

/** Words of lines; not the marks by which a shell goes on in the next line. */
const wordsOf = (lines: readonly string[]): readonly string[] =>
  lines.flatMap((line) => line.split(/\s+/)).filter((word) => word !== "" && word !== "\\");

/** The same of a help, which needs no thread of its own. */
async function helpAt(width: number, command: readonly string[]): Promise<readonly string[]> {
  let shown = "";
  const terminal: Terminal = {
    env: {},
    out: (text) => {
      shown += text;
    },
    err: () => undefined,
    outWidth: width,
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
  };
  await runProgram(terminal, ["node", "pramana", ...command, "--help"]).catch(() => undefined);
  return shown.split("\n");
}

const helps: readonly (readonly string[])[] = definitions.flatMap(({ name, commands = [] }) => {
  const command = name.split(" ")[0];
  return [[command], ...commands.map((one) => [command, one.name.split(" ")[0]])];
});

beforeAll(async () => {
  await pramana(["run", "--model", sample, "--benchmark", "pramana-mini", "--results", results]);
  writeFileSync(join(folder, "bad.json"), "{}");
}, 60_000);

const run = ["run", "--model", sample, "--results", results];

/** Prose, whose words are the same at all widths; those of the first four are compared. */
const prose: readonly (readonly string[])[] = [
  ["models"],
  ["models", "show", sample],
  ["check", "MiniRetrieval"],
  ["benchmarks", "multilingual"],
  ["run", "--model", "bm25", "--tasks", "STS12"],
  ["run", "--model", sample],
  [...run, "--task-file", join(folder, "bad.json")],
  [...run, "--benchmark", "MTEB(eng, v2)"],
];

/** Tables, which are fitted, with notes around them. */
const tables: readonly (readonly string[])[] = [
  [...run, "--benchmark", "pramana-mini"],
  [...run, "--benchmark", "MTEB(eng, v1)", "--dry-run"],
  ["leaderboard", "--results", results, "--baselines"],
  ["leaderboard", "--results", results, "--benchmark", "MTEB(eng, v2)", "--baselines", "--by", "task"],
  ["baselines"],
  ["benchmarks"],
  ["cache"],
  ["tasks", "--type", "STS"],
];

/**
 * Lines with a blank that are longer than the terminal is wide; a word that is longer, such as a path, stays whole. How
 * long the folder for temporary files is called must not decide.
 */
const tooLong = (lines: readonly string[]): readonly string[] =>
  lines.filter((line) => [...line.replaceAll(tmpdir(), "/tmp")].length > 80 && /\S\s+\S/.test(line));

describe("a terminal of 80 columns", () => {
  it.each([[], ...helps])("%s %s --help fits, and breaks no word", async (...words) => {
    const command = words.filter((word) => word !== undefined);
    const lines = await helpAt(80, command);
    expect(tooLong(lines)).toEqual([]);
    expect(wordsOf(lines)).toEqual(wordsOf(await helpAt(110, command)));
    expect(wordsOf(lines).length).toBeGreaterThan(10);
  });

  it.each([...prose, ...tables])("%j fits", async (...args) => {
    const lines = await linesAt(80, args);
    expect(wordsOf(lines).length).toBeGreaterThan(2);
    expect(tooLong(lines)).toEqual([]);
  });

  it.each(prose.slice(0, 4))("%j breaks no word", async (...args) => {
    expect(wordsOf(await linesAt(60, args))).toEqual(wordsOf(await linesAt(110, args)));
  });
});
