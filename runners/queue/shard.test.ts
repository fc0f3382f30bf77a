import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { floats, folderOf, lines, npy } from "../../models/precomputed/testing/folders.ts";
import { prepareTask } from "../../tasks/protocols/index.ts";
import { checkTasks } from "../../tasks/task-file.ts";
import { StoreError } from "../results/store.ts";
import { openStore } from "../store/index.ts";
import { openTaskData } from "../task-data.ts";
import { openWorld } from "../world.ts";
import { cutKey, cutUnits, readCut } from "./cut.ts";
import { type Found, joinShards, readFound, toFound } from "./found.ts";
import { noTally } from "./metrics.ts";
import { readPart } from "./part.ts";
import { planUnits, settingOf } from "./plan.ts";
import { joinStored } from "./shard.ts";
import { idOf, keyOf, type QueuedUnit } from "./unit.ts";
import { openBench } from "./work.ts";

const { signal } = new AbortController();
const world = openWorld({ env: {}, emit: () => undefined, note: () => undefined, now: () => 0, signal });
const own = { device: "cpu", threads: 1 } as const;

/** Documents of two pieces; a vector has one of a few values, so that most documents tie. */
const count = 2 ** 14 + 100;
const queries = 3;
const texts = Array.from({ length: count + queries }, (_, i) => `text ${i}`);
const model = `precomputed:${folderOf({
  "texts.jsonl": lines(texts),
  "vectors.npy": npy(floats(texts.flatMap((_, i) => [1 + (i % 3), i % 5])), "<f4", `(${texts.length}, 2)`),
  "model.json": JSON.stringify({ name: "org/model", revision: "7" }),
})}`;
const data = mkdtempSync(join(tmpdir(), "pramana-corpus-"));
mkdirSync(join(data, "qrels"));
writeFileSync(join(data, "corpus.jsonl"), lines(texts.slice(0, count).map((text, i) => ({ _id: `d${i}`, text }))));
writeFileSync(join(data, "queries.jsonl"), lines(texts.slice(count).map((text, i) => ({ _id: `q${i}`, text }))));
writeFileSync(join(data, "qrels/test.tsv"), "query-id\tcorpus-id\tscore\nq0\td5\t1\nq1\td9999\t1\nq2\td16400\t1\n");
const languages = { default: ["eng-Latn"] };
const tasks = checkTasks({ name: "Corpus", type: "Retrieval", dataset: { path: data }, languages }, "corpus.json");
const [task] = tasks;

/** Opens a store and a worker of it. */
function openWorker() {
  const store = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), world);
  const tally = noTally();
  const { work, close } = openBench({ choice: { ...own, models: [model] }, tasks, store, world }, tally);
  return { store, tally, close, work: (unit: QueuedUnit) => work(idOf(unit), unit) };
}

const planned = async (shardSize?: number): Promise<QueuedUnit> => {
  const setting = { ...(await settingOf({ ...own, model, estimator: "official" }, world)), hardware: "cpu" };
  return (await planUnits(setting, tasks, signal, shardSize))[0].units[0].unit;
};

describe("a corpus of two pieces", async () => {
  const worker = openWorker();
  const { store } = worker;
  const whole = await planned();
  await worker.work(whole);
  const partAt = async (unit: QueuedUnit, from = store) =>
    readPart((await from.read(keyOf(unit))) as Uint8Array, unit, keyOf(unit));
  const expected = await partAt(whole);

  const sharded = openWorker();
  const unit = await planned(2 ** 14);
  await sharded.work(unit);
  const borders = readCut((await sharded.store.read(cutKey(keyOf(unit)))) as Uint8Array, unit, "cut");
  const { shards, join: last } = cutUnits(unit, borders);
  for (const one of [...shards, last]) await sharded.work(one);
  const found = async (): Promise<Found[]> =>
    Promise.all(
      shards.map(async (one) => readFound((await sharded.store.read(keyOf(one))) as Uint8Array, one, keyOf(one))),
    );
  const rows = await prepareTask(task, "default", "test", await openTaskData(task, world.hub));
  const joined = async (some: readonly Found[]) => {
    async function* each(): AsyncGenerator<Found> {
      yield* some;
    }
    return joinShards({ ...last, borders: [...borders] }, task, rows, each(), () => 0);
  };

  it("is cut where it is larger than a shard, and has the part of one that is not", async () => {
    expect(borders).toEqual([0, 2 ** 14, count]);
    expect(await sharded.store.read(keyOf(unit))).toBeUndefined();
    expect(await partAt(last, sharded.store)).toEqual({ ...expected, id: idOf(last) });
    expect(expected.units[0]).toMatchObject({ texts: count + queries, indexed: { "": { documents: count } } });
  });

  it("counts its texts once for each shard that encodes them", () => {
    expect(sharded.tally).toMatchObject({ done: 4, failed: 0, texts: count + 2 * queries });
    expect(worker.tally).toMatchObject({ done: 1, failed: 0, texts: count + queries });
  });

  it("is not cut or searched again", async () => {
    const before = sharded.tally.done;
    for (const one of [unit, ...shards, last]) await sharded.work(one);
    expect(sharded.tally.done).toBe(before);
  });

  it("is put together from all shards, and not while one is missing", async () => {
    const empty = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), world);
    await empty.publish(keyOf(shards[0]), toFound((await found())[0]));
    const refused = joinStored({ ...unit, borders: [...borders] }, task, rows, empty, world, 0);
    await expect(refused).rejects.toThrow(StoreError);
    await expect(refused).rejects.toThrow(/Corpus test, documents 16385 to 16484 of 16484\) is not there/);
  });

  it.each<[string, (second: Found) => Found, RegExp]>([
    [
      "another precision",
      (one) => ({ ...one, identity: { ...one.identity, precision: "fp16" } }),
      /task Corpus: its parts were not run with the same: .*documents 16385 to 16484 of 16484: the precision was fp16 and is/,
    ],
    [
      "another model",
      (one) => ({ ...one, model: { ...one.model, revision: "8" } }),
      /the model was org\/model\S* at 8 and is org\/model\S* at 7/,
    ],
    [
      "other queries",
      (one) => ({ ...one, opening: { ...one.opening, texts: 2 } }),
      /of 16484: it did not encode the same queries as the first shard; empty the store/,
    ],
    [
      "other hardware",
      (one) => ({ ...one, numeric: { ...(one.numeric as NonNullable<Found["numeric"]>), processor: "linux/x64" } }),
      /it was searched on hardware that rounds differently: the processor was .* and is linux\/x64; empty the store/,
    ],
  ])("and not with one of %s", async (_, change, message) => {
    const [first, second] = await found();
    expect(await joined([first, second])).toEqual({ ...expected, id: idOf(last) });
    const refused = joined([first, change(second)]);
    await expect(refused).rejects.toThrow(InputError);
    await expect(refused).rejects.toThrow(message);
  });

  it("and not from fewer, or more", async () => {
    const [first, second] = await found();
    await expect(joined([first])).rejects.toThrow("task Corpus: 1 shards are there of 2; the same command runs them");
    await expect(joined([first, second, second])).rejects.toThrow("3 shards are there of 2");
    await expect(joined([])).rejects.toThrow("0 shards are there of 2");
  });

  it("names each batch size of a GPU that its shards were run with", async () => {
    const on = (one: Found, batch: string): Found => ({
      ...one,
      numeric: { ...(one.numeric as NonNullable<Found["numeric"]>), batch },
    });
    const [first, second] = await found();
    expect((await joined([on(first, "8192"), on(second, "4096")])).units[0].numeric?.batch).toBe("8192 and 4096");
    expect((await joined([on(first, "8192"), on(second, "8192")])).units[0].numeric?.batch).toBe("8192");
  });

  it("is not searched at other places than those of its pieces, and not where it has other documents", async () => {
    const { shard, ...rest } = shards[0];
    const here = `worker: Corpus test, documents 1 to 100 of ${count} were asked for, and ${count} documents are here`;
    const wrong = { ...rest, shard: { start: 0, end: 100, of: count } };
    await expect(sharded.work(wrong)).rejects.toThrow(`${here}, or other pieces of them`);
    const more = { ...rest, shard: { start: 0, end: 2 ** 14, of: count + 1 } };
    await expect(sharded.work(more)).rejects.toThrow(InputError);
  });

  it("has no shard that was damaged, or is another's", async () => {
    const [one, other] = shards;
    const bytes = (await sharded.store.read(keyOf(one))) as Uint8Array;
    expect(() => readFound(bytes, other, "s")).toThrow("store: s: it is another unit");
    expect(() => readFound(bytes.subarray(0, bytes.length - 9), one, "s")).toThrow(/damaged/);
    const [{ hits, ...found0 }] = await found();
    const beyond = { ...found0, hits: { ...hits, rows: hits.rows.map((row) => row + 20_000) } };
    expect(() => readFound(toFound(beyond), one, "s")).toThrow(/its hits are not those of its documents/);
    const short = { ...found0, hits: { ...hits, scores: hits.scores.subarray(1) } };
    expect(() => readFound(toFound(short), one, "s")).toThrow(InputError);
  });
});
