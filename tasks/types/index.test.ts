import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { publishedTypes, taskTypes } from "./index.ts";

const records = Object.values(taskTypes);

describe("taskTypes", () => {
  it("holds every record of the folder, by its type", async () => {
    const files = readdirSync(import.meta.dirname).filter((file) => !/^index\.|\.test\.ts$/.test(file));
    const modules = await Promise.all(
      files.map((file) => import(/* @vite-ignore */ new URL(file, import.meta.url).href)),
    );
    const found = modules.flatMap((module) => Object.values(module)).filter((value) => "heading" in Object(value));
    expect(new Set(records)).toEqual(new Set(found));
    expect(Object.entries(taskTypes).filter(([key, { type }]) => key !== type)).toEqual([]);
  });

  it.each(["heading", "short", "field"] as const)("gives each type a %s of its own", (word) => {
    expect(new Set(records.map((record) => record[word])).size).toBe(records.length);
  });

  it.each(records)("$type shows one of its scores where a task does not say", ({ mainScores }) => {
    expect(mainScores.names).toContain(mainScores.standard);
  });
});

describe("publishedTypes", () => {
  it("are all types, in the order of their names", () => {
    expect(publishedTypes.map(({ type }) => type)).toEqual(Object.keys(taskTypes).sort());
  });
});
