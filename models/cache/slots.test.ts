import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { keyBytes } from "./record.ts";
import { createSlots } from "./slots.ts";

const keyOf = (name: string | number): Buffer =>
  createHash("sha256").update(String(name)).digest().subarray(0, keyBytes);

describe("the table of positions", () => {
  it("finds what a map finds, through every growth, several positions of a key in the order of adding", () => {
    const slots = createSlots();
    const oracle = new Map<string, number[]>();
    for (let place = 0; place < 20_000; place++) {
      // Every key of the first thousand comes again later, some of them often.
      const name = place % 3 === 0 ? (place * 7919) % 1000 : place;
      slots.addAll(keyOf(name), place);
      oracle.set(String(name), [...(oracle.get(String(name)) ?? []), place]);
    }
    expect(slots.count()).toBe(20_000);
    const names = [...oracle.keys()];
    expect(slots.findAll(Buffer.concat(names.map(keyOf)))).toEqual([...oracle.values()]);
    expect(slots.findAll(Buffer.concat(["no", "nor this"].map(keyOf)))).toEqual([[], []]);
  });

  it("keeps keys apart whose hashes begin at the same slot, and at the end of the table", () => {
    const slots = createSlots();
    const keys = Array.from({ length: 700 }, (_, i) => {
      const key = Buffer.alloc(keyBytes);
      key.writeUInt32LE(0xffffffff, 0);
      key.writeUInt32LE(i, 4);
      return key;
    });
    slots.addAll(Buffer.concat(keys), 0);
    slots.addAll(randomBytes(20_000 * keyBytes), 700);
    expect(slots.findAll(Buffer.concat(keys))).toEqual(keys.map((_, i) => [i]));
  });

  it("takes at most 32 bytes a vector once there are some: five million in 101 MB", () => {
    const slots = createSlots();
    for (let part = 0; part < 40; part++) {
      slots.addAll(randomBytes(2500 * keyBytes), part * 2500);
      expect(slots.bytes() / slots.count()).toBeLessThanOrEqual(32);
    }
    const fiveMillion = 12 * 2 ** Math.ceil(Math.log2(5_000_000 / 0.75));
    const hundredThousand = 12 * 2 ** Math.ceil(Math.log2(100_000 / 0.75));
    expect(slots.bytes()).toBe(hundredThousand);
    expect(fiveMillion).toBeLessThan(101e6);
  });
});
