import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { pythonRandom } from "../../datasets/random/python.ts";
import type { Samples } from "../../tasks/samples.ts";
import { unit } from "../testing/task-results.ts";
import type { Unit } from "./result.ts";
import {
  addUnits,
  dropUnits,
  keepUnits,
  parseUnfinishedFile,
  readUnits,
  toUnfinishedFile,
  type Unfinished,
  unfinishedName,
} from "./unfinished.ts";

const identity = {
  datasetRevision: "r",
  mtebVersion: "2",
  pramana: "0",
  precision: "fp32",
  device: "cpu",
  estimator: "official",
  vectorType: "float32",
  limit: "none",
  inputs: { task: "t" },
};
const kept = (...units: Unit[]): Unfinished => ({ identity, units });
const again = (value: Unfinished): Unfinished => parseUnfinishedFile(toUnfinishedFile(value), "x");

describe("a file of unfinished work", () => {
  it("gives back every double by its bits", () => {
    const random = pythonRandom(7);
    const bytes = Uint8Array.from({ length: 8 * 2000 }, () => Math.floor(random.random() * 256));
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0, 5e-324, 1 / 3, 2 ** 53 + 2];
    const values = [...odd, ...new Float64Array(bytes.buffer)];
    const read = again(kept(unit({ mainScore: Number.NaN, scores: { all: values, v: -0 } }))).units[0];
    expect(read.mainScore).toBeNaN();
    expect(Object.is(read.scores["v"], -0)).toBe(true);
    expect((read.scores["all"] as number[]).every((value, i) => Object.is(value, values[i]))).toBe(true);
  });

  it("keeps the order and depth of scores", () => {
    const scores = { z: 1, a: { "Level 1": [1], "Level 0": [Number.NaN] }, runs: [{ b: 1, a: 2 }], m: [0.5] };
    const [read] = again(kept(unit({ scores, undefinedScores: { z: "why" } }))).units;
    expect(JSON.stringify(read?.scores)).toBe(JSON.stringify(scores));
    expect(read).toEqual(unit({ scores, undefinedScores: { z: "why" } }));
  });

  it.each<[string, Samples]>([
    ["mean", { kind: "mean", ids: ["q1", "é\n"], values: Float64Array.of(0.1, Number.NaN) }],
    [
      "correlation",
      { kind: "correlation", measure: "spearman", gold: Float64Array.of(1, 2), scores: Float32Array.of(0.1, -0) },
    ],
    ["pairs", { kind: "pairs", measure: "ap", labels: Uint8Array.of(1, 0), scores: { cosine: Float32Array.of(1, 2) } }],
    [
      "labels",
      { kind: "labels", measure: "f1", truth: Int32Array.of(1, -1), predicted: [Int32Array.of(2), new Int32Array()] },
    ],
    [
      "clusters",
      {
        kind: "clusters",
        documents: 9,
        levels: [{ experiments: [{ drawn: Int32Array.of(1), truth: Int32Array.of(2), found: Int32Array.of(3) }] }],
      },
    ],
  ])("gives back samples (%s) in their types", (_, samples) => {
    expect(again(kept(unit({ samples }))).units[0]?.samples).toStrictEqual(samples);
  });

  it("takes a typed array that is a part of another", () => {
    const values = Float64Array.of(1, 2, 3, 4).subarray(1, 3);
    const [read] = again(kept(unit({ samples: { kind: "mean", values } }))).units;
    expect(read?.samples).toStrictEqual({ kind: "mean", values: Float64Array.of(2, 3) });
  });

  it("is refused where a byte of it is another or missing", () => {
    const text = toUnfinishedFile(kept(unit()));
    const message = "x: damaged: its checksum is not that of its text; the task begins anew";
    for (const at of [0, 30, 70, text.length - 3]) {
      const other = text[at] === "7" ? "8" : "7";
      expect(() => parseUnfinishedFile(text.slice(0, at) + other + text.slice(at + 1), "x")).toThrow(message);
    }
    for (const end of [0, 10, 64, 65, 100, text.length - 1]) {
      expect(() => parseUnfinishedFile(text.slice(0, end), "x")).toThrow(message);
    }
  });
});

it("with a checksum that fits, and a typed array cut in the middle of a number, is refused", () => {
  const body = `${JSON.stringify({ identity: {}, units: [{ $array: "Float64Array", bytes: "AAAA" }] })}\n`;
  const text = `${createHash("sha256").update(body).digest("hex")}\n${body}`;
  expect(() => parseUnfinishedFile(text, "x")).toThrow(
    new InputError("x: damaged: byte length of Float64Array should be a multiple of 8; the task begins anew"),
  );
});

describe("units in a folder", () => {
  const folder = (): string => mkdtempSync(join(tmpdir(), "pramana-units-"));

  it("are kept, replaced and dropped, under a name that no reader of results takes", async () => {
    const place = folder();
    await keepUnits(place, "Mini", kept(unit()));
    await keepUnits(place, "Mini", kept(unit(), unit({ subset: "other" })));
    expect(readdirSync(place)).toEqual([".Mini.unfinished"]);
    expect(unfinishedName(".", "Mini")).toBe(".Mini.unfinished");
    expect(await readUnits(place, "Mini")).toEqual(kept(unit(), unit({ subset: "other" })));
    expect(await readUnits(place, "Other")).toBeUndefined();
    await dropUnits(place, "Mini");
    await dropUnits(place, "Mini");
    expect(existsSync(join(place, ".Mini.unfinished"))).toBe(false);
  });

  it("are added to, and end where a part was cut off or changed", async () => {
    const place = folder();
    const file = join(place, ".Mini.unfinished");
    await keepUnits(place, "Mini", kept(unit({ subset: "a" })));
    const ends = [readFileSync(file).length];
    for (const subset of ["b", "c"]) {
      await addUnits(place, "Mini", kept(unit({ subset }), unit({ subset: `${subset}2` })));
      ends.push(readFileSync(file).length);
    }
    const text = readFileSync(file, "utf8");
    const subsetsOf = (from: string) => parseUnfinishedFile(from, "x").units.map(({ subset }) => subset);
    expect(subsetsOf(text)).toEqual(["a", "b", "b2", "c", "c2"]);
    for (let end = ends[0]; end < text.length; end += 7) {
      expect(subsetsOf(text.slice(0, end))).toEqual(end < ends[1] ? ["a"] : ["a", "b", "b2"]);
    }
    const changed = `${text.slice(0, ends[0] + 90)}?${text.slice(ends[0] + 91)}`;
    expect(subsetsOf(changed)).toEqual(["a"]);
  });

  it("are written in parts of a few, whose texts stay short", async () => {
    const place = folder();
    const many = kept(...Array.from({ length: 40 }, (_, i) => unit({ subset: `s${i}` })));
    await keepUnits(place, "Mini", many);
    expect(readFileSync(join(place, ".Mini.unfinished"), "utf8").trimEnd().split("\n")).toHaveLength(2 * 3);
    expect(await readUnits(place, "Mini")).toEqual(many);
    await keepUnits(place, "Mini", kept());
    expect(await readUnits(place, "Mini")).toEqual(kept());
  });

  it("of a second process are taken once, and not where it ran something else", async () => {
    const place = folder();
    await keepUnits(place, "Mini", kept(unit({ subset: "a", texts: 1 })));
    await addUnits(place, "Mini", kept(unit({ subset: "a", texts: 2 }), unit({ subset: "b" })));
    await addUnits(place, "Mini", { identity: { ...identity, precision: "fp16" }, units: [unit({ subset: "c" })] });
    await addUnits(place, "Mini", kept(unit({ subset: "d" })));
    const read = kept(unit({ subset: "a", texts: 1 }), unit({ subset: "b" }), unit({ subset: "d" }));
    expect(await readUnits(place, "Mini")).toEqual(read);
  });

  it("are added to no file that is not there", async () => {
    await expect(addUnits(folder(), "Mini", kept(unit()))).rejects.toThrow("cannot be written: ENOENT");
  });

  it("that are damaged are told, not thrown", async () => {
    const place = folder();
    await keepUnits(place, "Mini", kept(unit()));
    const file = join(place, ".Mini.unfinished");
    writeFileSync(file, readFileSync(file, "utf8").replace("default", "another"));
    expect(await readUnits(place, "Mini")).toBe(
      `${file}: damaged: its checksum is not that of its text; the task begins anew`,
    );
  });
});
