import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { UsageError } from "../../datasets/errors.ts";
import { hubSettings } from "../../datasets/settings.ts";
import { getTask } from "../../tasks/index.ts";
import { largestFirst, planUnits, settingOf } from "./plan.ts";
import { keyOf, prefixOf, readUnit } from "./unit.ts";

const hub = { hub: { ...hubSettings({ HF_HUB_OFFLINE: "1" }), cacheDir: "none" } };
const choice = { device: "cpu", threads: 1, estimator: "official" } as const;
const setting = (model: string) => settingOf({ ...choice, model }, hub);
const fixture = fileURLToPath(new URL("../../models/fixtures/bert-cls", import.meta.url));
const sample = "pramana/static-minilm-128";

it("a model of the Hub is its commit, a folder the hash of its files, and what has neither its name", async () => {
  const known = await setting(sample);
  expect(known).toMatchObject({ model: sample, commit: "f950708a006825dc0b5f0b7701d464258144dbc3" });
  expect(known.revision).toBeUndefined();
  const own = await setting(fixture);
  expect(own.commit).toBeUndefined();
  expect(own.revision).toMatch(/^[0-9a-f]{40}$/);
  for (const name of ["bm25", "http://127.0.0.1:8080/v1#m"]) {
    expect(await setting(name)).toMatchObject({ model: name });
  }
});

it.each([
  ["models/fixtures/bert-cls", /is a folder named from here, .*; name it by its whole path/],
  ["https://me:hidden1@host/v1#m", /has a name or password in it/],
  ["https://host/v1?key=hidden1#m", /has a query, which may hold a key and is not sent through a queue/],
])("%s is refused", async (model, message) => {
  await expect(setting(model)).rejects.toThrow(UsageError);
  await expect(setting(model)).rejects.toThrow(message);
  await expect(setting(model)).rejects.not.toThrow(/hidden1/);
});

it("a revision of what has none is refused, not dropped", async () => {
  const asked = settingOf({ ...choice, model: "bm25", revision: "main" }, hub);
  await expect(asked).rejects.toThrow("--revision: only for repositories, not for bm25; leave it out");
});

it("tasks are parted into units that a worker reads, each with a place of its own in the store", async () => {
  const tasks = ["STS17", "MiniClustering"].map((name) => getTask(name));
  const from = { ...(await setting(sample)), hardware: "cpu-a" };
  const planned = await planUnits(from, tasks, new AbortController().signal);
  expect(planned.map(({ units }) => units.length)).toEqual([11, 1]);
  const units = planned.flatMap((task) => task.units);
  for (const { id, key, unit } of units) {
    expect(readUnit(JSON.parse(JSON.stringify(unit)), id)).toEqual(unit);
    expect(key).toBe(keyOf(unit));
    expect(key.startsWith(`${prefixOf(from)}/`)).toBe(true);
    expect(unit.inputs["task"]).toMatch(/^[0-9a-f]{64}$/);
  }
  expect(new Set(units.map(({ key }) => key)).size).toBe(12);
});

it("tasks with the largest units are given out first, by what a unit of them takes, not by all of them", async () => {
  const tasks = ["BIOSSES", "STS17", "FEVER", "STSBenchmark"].map((name) => getTask(name));
  const planned = await planUnits(
    { ...(await setting(sample)), hardware: "cpu-a" },
    tasks,
    new AbortController().signal,
  );
  const names = largestFirst(planned).map(({ task }) => task.name);
  // STS17 has more texts than STSBenchmark, in eleven units.
  expect(names).toEqual(["FEVER", "STSBenchmark", "STS17", "BIOSSES"]);
  expect(largestFirst([])).toEqual([]);
});
