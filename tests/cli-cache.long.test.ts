import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, openCli } from "./built-cli.ts";

const { cwd, pramana, pramanaProcess } = openCli();

const run = (results: string, ...more: string[]): string[] => [
  ...["run", "--model", fixture, "--tasks", "MiniSTS", "--results", results, ...more],
];

/** Reads the result file of a folder, without its times. */
function resultIn(folder: string): { run: { texts: number } } {
  const path = readdirSync(join(cwd, folder), { recursive: true }).map(String);
  const file = path.find((name) => name.endsWith("MiniSTS.json"))!;
  const {
    evaluation_time,
    date,
    pramana_run: about,
    ...rest
  } = JSON.parse(readFileSync(join(cwd, folder, file), "utf8"));
  expect([typeof evaluation_time, typeof date]).toEqual(["number", "number"]);
  // The program has a hash in its bundle alone.
  const { encoding_seconds: _seconds, sha256: _sha256, program: _program, ...record } = about;
  return { ...rest, run: record };
}

/** Returns the models that the cache lists. */
async function models(): Promise<{ model: string; vectors: number }[]> {
  const listed = JSON.parse((await pramana(["cache", "--format", "json"])).out);
  expect(listed.folder).toBe(join(cwd, "vectors"));
  return listed.models;
}

/** Milliseconds for several processes one after the other, on a machine that may be busy. */
const patience = 60_000;

describe("pramana run over a cache", () => {
  it(
    "keeps nothing with --no-cache, gives the same result cold and warm, and cache lists what is kept",
    async () => {
      const before = await models();
      expect((await pramana(run("none", "--no-cache"))).code).toBe(0);
      expect(await models()).toEqual(before);
      expect((await pramana(run("cold"))).code).toBe(0);
      expect((await pramanaProcess(run("warm"))).code).toBe(0);
      expect(resultIn("warm")).toEqual(resultIn("cold"));
      const own = (await models()).find(({ model }) => model === "local/bert-cls");
      expect(own).toMatchObject({ device: "cpu", vectors: expect.any(Number) });
      expect(own?.vectors).toBeGreaterThan(0);
    },
    patience,
  );
});
