import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { getTask } from "../../tasks/index.ts";
import { placesOf } from "../../tasks/places.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { queued } from "./testing/units.ts";
import { idOf, keyOf, partAt, partsOf, prefixOf, readUnit, titleOf } from "./unit.ts";

describe("the id of a unit", () => {
  it("is the same for the same work, in whatever order it is said", () => {
    const { setting, ...rest } = queued();
    const turned = Object.fromEntries(Object.entries(setting).reverse()) as typeof setting;
    expect(idOf({ ...rest, setting: turned } as ReturnType<typeof queued>)).toBe(idOf(queued()));
    expect(keyOf(queued())).toBe(`${prefixOf(queued().setting)}/${idOf(queued())}`);
  });

  it.each([
    { task: "Other" },
    { data: "1" },
    { inputs: { task: "u" } },
    { places: [{ split: "test", subset: "a" }] },
    { setting: { ...queued().setting, hardware: "cuda" } },
    { setting: { ...queued().setting, pramana: "0.2.0" } },
    { setting: { ...queued().setting, revision: "c1" } },
    { setting: { ...queued().setting, dimensions: 64 } },
  ])("is another for %j", (change) => {
    expect(idOf(queued(change))).not.toBe(idOf(queued()));
  });
});

describe("what comes from a queue", () => {
  const read = (data: unknown, id = idOf(queued())) => readUnit(JSON.parse(JSON.stringify(data)), id);

  it("is read as it was written", () => {
    expect(read(queued())).toEqual(queued());
  });

  it.each<[string, unknown, RegExp]>([
    ["no object", null, /is no unit/],
    ["a key that nobody knows", { ...queued(), code: "rm" }, /is no unit: .*code/],
    ["a setting that nobody knows", { ...queued(), setting: { ...queued().setting, token: "x" } }, /setting: .*token/],
    ["a number that is no length", { ...queued(), setting: { ...queued().setting, dimensions: -1 } }, /dimensions/],
    ["no places", { ...queued(), places: [] }, /places/],
    ["another unit than its id says", queued({ task: "Other" }), /its id is not the hash of what it says/],
  ])("is refused: %s", (_, data, message) => {
    expect(() => read(data)).toThrow(message);
    expect(() => read(data)).toThrow(InputError);
  });
});

describe("the parts of a task", () => {
  const partsNamed = (name: string) => partsOf(getTask(name));

  it("are its subsets, where each stands alone", () => {
    const places = placesOf(getTask("STS17"));
    expect(places.length).toBeGreaterThan(1);
    expect(partsNamed("STS17")).toEqual(places.map((place) => [place]));
  });

  it.each(["MasakhaNEWSClusteringS2S", "FloresBitextMining", "MultiEURLEXMultilabelClassification"])(
    "are one, where subsets hang together: %s",
    (name) => {
      expect(partsNamed(name)).toEqual([placesOf(getTask(name))]);
      expect(placesOf(getTask(name)).length).toBeGreaterThan(1);
    },
  );

  it("are found again by their places", () => {
    for (const name of ["STS17", "MasakhaNEWSClusteringS2S"]) {
      const task = getTask(name);
      for (const places of partsOf(task)) expect(placesOf(partAt(task, places) as TaskSpec)).toEqual(places);
    }
  });

  it("are none where the task has other subsets, or they are in another order", () => {
    const task = getTask("STS17");
    expect(partAt(task, [{ split: "test", subset: "none" }])).toBeUndefined();
    expect(partAt(task, [{ split: "none", subset: "en-en" }])).toBeUndefined();
    const twice = { split: "test", subset: "en-en" };
    expect(partAt(task, [twice, twice])).toBeUndefined();
  });
});

it("a unit is called by its task, split and subset", () => {
  expect(titleOf(queued())).toBe("Mini test");
  expect(titleOf(queued({ places: [{ split: "test", subset: "de" }] }))).toBe("Mini test/de");
  expect(titleOf({ task: "Mini", places: [...queued().places, ...queued().places] })).toBe("Mini (2 subsets)");
});
