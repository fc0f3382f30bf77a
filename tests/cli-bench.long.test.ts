import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseBenchLines } from "../runners/bench/file.ts";
import type { BenchRecord } from "../runners/bench/record.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();

const tiny = ["--lengths", "8,16", "--batch-sizes", "4", "--repeats", "2", "--budget", "0.01", "--threads", "1"];
const revision = "f950708a006825dc0b5f0b7701d464258144dbc3";

describe("pramana bench", () => {
  it("prints the record, stores it beside the results, and the leaderboard shows it", async () => {
    const args = ["bench", "--model", sample, ...tiny, "--results", "one"];
    const { code, out, err } = await pramanaProcess([...args, "--format", "json"]);
    expect(code).toBe(0);
    expect(err).toContain(`record in one/pramana__static-minilm-128/${revision}/bench.jsonl\n`);
    const { records, skipped } = parseBenchLines(
      readFileSync(join(cwd, "one/pramana__static-minilm-128", revision, "bench.jsonl"), "utf8"),
    );
    expect([records, skipped]).toEqual([[JSON.parse(out)], []]);
    const [record] = records as BenchRecord[];
    expect(record).toMatchObject({ model: sample, device: "cpu", threads: 1, precision: "fp32", leftOut: [] });
    expect(record?.latency.map(({ tokens, role }) => [tokens, role])).toEqual([
      [8, "query"],
      [16, "query"],
    ]);
    for (const cell of [...(record?.latency ?? []), ...(record?.throughput ?? [])]) {
      expect(Math.abs(cell.meanTokens / cell.tokens - 1)).toBeLessThan(0.15);
      expect(cell.tokenizerShare).toBeGreaterThan(0);
      expect(cell.tokenizerShare).toBeLessThan(1);
    }
    expect(record?.memory.bytes).toBeGreaterThan(30e6);

    await pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--threads", "1", "--results", "one"]);
    const board = await pramana(["leaderboard", "--results", "one", "--with-bench", "--format", "json"]);
    expect(board.err).not.toContain("skipped");
    const [row] = JSON.parse(board.out);
    expect(row).toMatchObject({ model: sample, textsPerSecond: record?.corpus[0]?.textsPerSecond, latencyMs: null });
  });

  it("looks first whether there is a place for the record, and prints the figures even if there is none after all", async () => {
    writeFileSync(join(cwd, "file"), "");
    const args = ["bench", "--model", sample, ...tiny, "--lengths", "8"];
    const refused = await pramana([...args, "--results", "file"]);
    expect([refused.code, refused.out]).toEqual([1, ""]);
    expect(refused.err).toMatch(/^pramana: results: .*file cannot be written to: it is no folder; choose/);

    mkdirSync(join(cwd, "blocked/pramana__static-minilm-128", revision, "bench.jsonl"), { recursive: true });
    const late = await pramana([...args, "--results", "blocked"]);
    expect(late.code).toBe(1);
    expect(late.err).toContain("bench.jsonl cannot be read: EISDIR");
    expect(late.out).toContain("| query ");
  });

  it("measures both sides of a pair, on texts of the user's", async () => {
    writeFileSync(join(cwd, "texts.jsonl"), '"a text"\n{"text": "another one"}\n');
    const pair = ["--query-model", sample, "--document-model", sample];
    const { code, out } = await pramana(["bench", ...pair, ...tiny, "--results", "two", "--texts", "texts.jsonl"]);
    expect(code).toBe(0);
    expect([...out.matchAll(/^\| (\w[\w, ]*?) +\|/gm)].map(([, name]) => name)).toEqual([
      "One text as",
      "query",
      "query",
      "document",
      "document",
      "Many texts as",
      "query",
      "query",
      "document",
      "document",
      "query, corpus",
      "document, corpus",
    ]);
    expect(out).toContain(`- queries go to ${sample}, documents to ${sample}\n`);
    expect(out).toContain("- corpus: 2 texts of a file, sha256 ");
  });

  it.each([
    [["--model", "bm25"], "pramana/bm25 ranks documents by their words and makes no vectors"],
    [["--model", sample, "--texts", "missing.json"], "bench: there is no file missing.json in "],
    [["--model", sample, "--lengths", "8,none"], "A whole number above 0 was expected."],
    [["--model", sample, "--budget", "0"], "A number of seconds above 0 was expected."],
    [[], "model: none was given"],
  ])("refuses %j", async (args, message) => {
    const { code, out, err } = await pramana(["bench", ...args, "--results", "never"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain(message);
  });
});
