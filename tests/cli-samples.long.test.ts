import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readSamples } from "../runners/results/samples-file.ts";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

const revision = "f950708a006825dc0b5f0b7701d464258144dbc3";
const folder = (results: string): string => join(cwd, results, sample.replace("/", "__"), revision);
const run = (results: string, ...more: string[]): ReturnType<typeof pramana> =>
  pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--results", results, ...more]);

it("pramana run stores the samples of a task beside its result, and leaves none that are not the result's", async () => {
  expect((await run("stored")).code).toBe(0);
  expect(readdirSync(folder("stored")).sort()).toEqual(["MiniSTS.json", "MiniSTS.samples.parquet", "model_meta.json"]);
  const [samples] = (await readSamples(join(folder("stored"), "MiniSTS.samples.parquet"))) ?? [];
  expect(samples).toMatchObject({ split: "test", subset: "default", samples: { kind: "correlation" } });
  const without = await run("stored", "--no-samples", "--overwrite");
  expect([without.code, readdirSync(folder("stored")).sort()]).toEqual([0, ["MiniSTS.json", "model_meta.json"]]);
});

it("a result is stored after its samples, never without them", async () => {
  mkdirSync(join(folder("blocked"), "MiniSTS.samples.parquet"), { recursive: true });
  const { code, err } = await run("blocked");
  expect([code, err.includes("MiniSTS.samples.parquet cannot be written")]).toEqual([1, true]);
  expect(readdirSync(folder("blocked")).sort()).toEqual(["MiniSTS.samples.parquet", "model_meta.json"]);
});
