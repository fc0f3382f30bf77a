import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { floats, folderOf, lines, npy } from "../../models/precomputed/testing/folders.ts";
import { checkTasks } from "../../tasks/task-file.ts";
import { openStore } from "../store/index.ts";
import { openWorld } from "../world.ts";
import { noTally } from "./metrics.ts";
import { readPart } from "./part.ts";
import { planUnits, settingOf } from "./plan.ts";
import { isAllowed, openBench } from "./work.ts";

it.each([
  ["org/model", "c0", undefined, true],
  ["bm25", undefined, undefined, true],
  ["/models/step-500", undefined, undefined, false],
  ["http://127.0.0.1/v1#m", undefined, undefined, false],
  ["precomputed:/vectors", undefined, undefined, false],
  ["org/model", "c0", ["org/model"], true],
  ["org/model", "c0", ["org/*"], true],
  ["orga/model", "c0", ["org/*"], false],
  ["org/model2", "c0", ["org/model"], false],
  ["/models/step-500", undefined, ["/models/step-500"], true],
  ["bm25", undefined, ["org/*"], false],
  ["org/model", "c0", [], false],
])("of %s (commit %s), a worker that takes %j: %s", (model, commit, models, expected) => {
  expect(isAllowed({ model, ...(commit === undefined ? {} : { commit }) }, models)).toBe(expected);
});

it("vectors that are made anew in the same folder are read anew", async () => {
  const { signal } = new AbortController();
  const world = openWorld({ env: {}, emit: () => undefined, note: () => undefined, now: () => 0, signal });
  const store = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), world);
  const data = mkdtempSync(join(tmpdir(), "pramana-pairs-"));
  const pairs = [
    ["a", "b", 1],
    ["a", "c", 2],
    ["b", "c", 3],
  ].map(([sentence1, sentence2, score]) => ({ sentence1, sentence2, score }));
  writeFileSync(join(data, "test.jsonl"), lines(pairs));
  const settings = { minScore: 0, maxScore: 3 };
  const languages = { default: ["eng-Latn"] };
  const tasks = checkTasks(
    { name: "Pairs", type: "STS", dataset: { path: data }, splits: ["test"], languages, settings },
    "pairs.json",
  );
  // The revision that the maker gave stays: the hash of the files alone tells that they are others.
  const vectorsOf = (values: readonly number[]) => npy(floats(values), "<f4", "(3, 2)");
  const folder = folderOf({
    "texts.jsonl": lines(["a", "b", "c"]),
    "vectors.npy": vectorsOf([1, 0, 0, 1, 0.6, 0.8]),
    "model.json": JSON.stringify({ name: "org/model", revision: "7" }),
  });
  const model = `precomputed:${folder}`;
  const own = { device: "cpu", threads: 1 } as const;
  const bench = openBench({ choice: { ...own, models: [model] }, tasks, store, world }, noTally());
  const score = async () => {
    const setting = { ...(await settingOf({ ...own, model, estimator: "official" }, world)), hardware: "cpu" };
    const [planned] = await planUnits(setting, tasks, signal);
    const [{ id, key, unit }] = planned.units;
    await bench.work(id, unit);
    return readPart((await store.read(key)) as Uint8Array, unit, key).units[0].mainScore;
  };
  try {
    const before = await score();
    writeFileSync(join(folder, "vectors.npy"), vectorsOf([0, 1, 1, 0, 0.6, 0.8]));
    const turned = await score();
    expect([before, turned]).toEqual([1, 0.5]);
  } finally {
    await bench.close();
  }
});
