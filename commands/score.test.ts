import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { score } from "./score.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-score-"));
const expected =
  '; expected pairs, [["query", "text"], …] or ["query", "text"] on each line, or {"queries": ["…"], "documents": ["…"]}, all of them texts';

/** Scores what standard input holds, or a file. Returns what is written, and what is said. */
async function scored(standardInput: string, input?: string, isTerminal = false) {
  const text = { out: "", err: "" };
  await score(
    { model: "pramana/static-minilm-128", device: "cpu", threads: 1, ...(input !== undefined && { input }) },
    {
      env: { HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(folder, "cache") },
      out: (written) => {
        text.out += written;
      },
      err: (written) => {
        text.err += written;
      },
      readInput: async () => standardInput,
      ...(isTerminal && { ask: async () => "" }),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  return text;
}

describe("`score` reads", () => {
  const pairs = '[["a river", "a stream"],\n ["a river", "bread"]]';

  it("standard input and a file alike, lists and JSON lines", async () => {
    const file = join(folder, "pairs.json");
    writeFileSync(file, `\uFEFF${pairs}`);
    const made = await scored(pairs);
    const [near, far] = JSON.parse(made.out);
    expect(near).toBeGreaterThan(far);
    expect(await scored("", file)).toEqual(made);
    expect(await scored('["a river", "a stream"]\n["a river", "bread"]\n')).toEqual(made);
    expect(JSON.parse((await scored('["a river", "a stream"]')).out)).toEqual([expect.closeTo(near, 6)]);
    expect(JSON.parse((await scored('{\n"queries": ["a river"],\n"documents": ["a stream", "bread"]}')).out)).toEqual([
      [expect.closeTo(near, 6), expect.closeTo(far, 6)],
    ]);
    expect(made.err).toBe("");
  });

  it("says that it waits, to whoever is at a terminal", async () => {
    expect(await scored("[]", "-", true)).toEqual({
      out: "[]\n",
      err: "score: reading standard input, to its end (Ctrl-D)\n",
    });
  });

  it.each([
    ["", "standard input is empty"],
    ['["a", "b"]\n["c"]', 'standard input, line 2 is ["c"]'],
    ['[["a", "b"],\n["c", 7]]', 'standard input, item 2 (line 2) is ["c",7]'],
    ['["a", "b", "c"]', 'standard input, item 1 (line 1) is "a"'],
    ['{"queries": ["a"]}\n', "standard input, line 1 lacks documents"],
    ['{"queries": "a", "documents": []}', 'standard input, line 1 has "a" as queries'],
    ['{"queries": [], "documents": ["a", null]}', "standard input, line 1 has null as item 2 of documents"],
    ['{"queries": [], "documents": [], "ids": []}', 'standard input, line 1 has the key "ids"'],
    ['{"query": "a"}\n{"query": "b"}', 'standard input, line 1 is {"query":"a"}'],
  ])("no %j", async (input, message) => {
    const fault = await scored(input).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(UsageError);
    expect((fault as Error).message).toBe(`score: ${message}${expected}`);
  });

  it("no bytes that are not UTF-8: they would be other texts", async () => {
    const file = join(folder, "latin.json");
    writeFileSync(file, Buffer.from('[["caf\xe9", "a"]]', "latin1"));
    await expect(scored("", file)).rejects.toThrow(
      `score: ${file} cannot be read: it is not UTF-8, which was expected`,
    );
  });
});
