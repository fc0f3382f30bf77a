import { expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { toSealed } from "../results/unfinished.ts";
import { cutUnits, readCut, toCut } from "./cut.ts";
import { queued } from "./testing/units.ts";
import { idOf, readUnit, titleOf } from "./unit.ts";

const borders = [0, 16_384, 32_768, 40_000];

it("a unit whose corpus is cut becomes its shards and what puts them together, each with an id of its own", () => {
  const { shards, join } = cutUnits(queued({ shardSize: 20_000 }), borders);
  expect(shards.map(({ shard }) => shard)).toEqual([
    { start: 0, end: 16_384, of: 40_000 },
    { start: 16_384, end: 32_768, of: 40_000 },
    { start: 32_768, end: 40_000, of: 40_000 },
  ]);
  const units = [...shards, join];
  expect(new Set([...units, queued()].map(idOf)).size).toBe(5);
  for (const unit of units) expect(readUnit(JSON.parse(JSON.stringify(unit)), idOf(unit))).toEqual(unit);
  expect(units.map(titleOf)).toEqual([
    "Mini test, documents 1 to 16384 of 40000",
    "Mini test, documents 16385 to 32768 of 40000",
    "Mini test, documents 32769 to 40000 of 40000",
    "Mini test, put together from 3 shards",
  ]);
});

it("the size of shards is no part of a unit's id, nor of what it is cut into", () => {
  const [small, large] = [queued({ shardSize: 1 }), queued({ shardSize: 2 })];
  expect(idOf(small)).toBe(idOf(queued()));
  expect(cutUnits(small, borders)).toEqual(cutUnits(large, borders));
});

it("a cut is read as it was written, and only as that of its unit", () => {
  expect(readCut(toCut(queued(), borders), queued(), "cut")).toEqual(borders);
  const wrong: readonly [Uint8Array, RegExp][] = [
    [toCut(queued({ task: "Other" }), borders), /^cut: it does not say where the corpus of its unit is cut; remove it/],
    [toCut(queued(), [1, 2, 3]), /does not say where/],
    [toCut(queued(), [0, 5, 5]), /does not say where/],
    [Buffer.from(toSealed({ id: idOf(queued()) })), /does not say where/],
    [toCut(queued(), borders).subarray(0, 90), /^cut: damaged/],
  ];
  for (const [bytes, message] of wrong) {
    expect(() => readCut(bytes, queued(), "cut")).toThrow(message);
    expect(() => readCut(bytes, queued(), "cut")).toThrow(InputError);
  }
});
