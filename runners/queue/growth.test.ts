import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openStore } from "../store/index.ts";
import { cutKey, toCut } from "./cut.ts";
import { finalOf, openGrowth, openOf, unitsOf } from "./growth.ts";
import { namedUnit } from "./plan.ts";
import { queued } from "./testing/units.ts";

it("a unit is done by itself, or, once it was cut, by its shards and then by what puts them together", async () => {
  const notes: string[] = [];
  const { signal } = new AbortController();
  const store = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), { env: {}, now: () => 0, signal });
  const grow = openGrowth(store, { note: (line) => void notes.push(line), signal });
  const planned = namedUnit(queued());
  const done = new Set<string>();
  const grown = async () => (await grow([planned], done))[0];
  const titles = async () => {
    const one = await grown();
    const open = openOf(one, done).map(({ title }) => title);
    return { open, all: unitsOf(one, done).length, final: finalOf(one, done).title };
  };
  expect(await titles()).toEqual({ open: ["Mini test"], all: 1, final: "Mini test" });

  await store.publish(cutKey(planned.key), toCut(planned.unit, [0, 10, 20]));
  done.add(cutKey(planned.key));
  const [first, second] = ["Mini test, documents 1 to 10 of 20", "Mini test, documents 11 to 20 of 20"];
  const final = "Mini test, put together from 2 shards";
  expect(await titles()).toEqual({ open: [first, second], all: 3, final });
  const { cut } = await grown();
  done.add(cut?.shards[1].key ?? "");
  expect(await titles()).toEqual({ open: [first], all: 3, final });
  done.add(cut?.shards[0].key ?? "");
  expect(await titles()).toEqual({ open: [final], all: 3, final });
  done.add(cut?.join.key ?? "");
  expect(await titles()).toEqual({ open: [], all: 3, final });
  expect(notes).toEqual(["Mini test: 20 documents, searched in 2 shards"]);

  // Whoever scored it as a whole before has its result.
  done.add(planned.key);
  expect(await titles()).toEqual({ open: [], all: 1, final: "Mini test" });
});

it("a cut that was listed and is gone is refused", async () => {
  const { signal } = new AbortController();
  const store = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), { env: {}, now: () => 0, signal });
  const grow = openGrowth(store, { note: () => undefined, signal });
  const planned = namedUnit(queued());
  await expect(grow([planned], new Set([cutKey(planned.key)]))).rejects.toThrow(/\.cut is gone; the same command/);
});
