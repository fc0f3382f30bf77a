import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { openRepository } from "../index.ts";
import { tableEncoder } from "../testing/table-encoder.ts";
import { withDimensions } from "./dimensions.ts";

const { cut }: { cut: { model: string; dims: number; vectors: number[][] }[] } = JSON.parse(
  readFileSync(new URL("../fixtures/forms.json", import.meta.url), "utf8"),
);
const table = { long: [3, 4, 12, 84], zero: [0, 0, 0, 5], tiny: [3e-20, 4e-20, 1, 1], odd: [0.25, Number.NaN, 1, 1] };
const lengthOf = (vector: ArrayLike<number>): number => Math.hypot(...Array.from(vector));

describe("withDimensions", () => {
  it.each(cut)("gives sentence-transformers' vectors: $model, $dims values", async ({ model, dims, vectors }) => {
    const folder = new URL(`../fixtures/${model}`, import.meta.url).pathname;
    const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
    const whole = await openRepository(snapshot, { device: "cpu", threads: 1 });
    const encoder = withDimensions(whole, dims);
    try {
      expect(encoder.info).toEqual({ ...whole.info, id: `local/${model}@${dims}d`, dims });
      const { texts } = JSON.parse(readFileSync(`${folder}/expected.json`, "utf8"));
      const found = await encoder.encode(texts);
      expect([found.rows, found.dims]).toEqual([texts.length, dims]);
      const expected = vectors.flat();
      expect(Math.max(...found.data.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(2e-6);
    } finally {
      await encoder.close();
    }
  });

  it("brings what is left to length 1; what is zero there stays zero", async () => {
    const { data } = await withDimensions(tableEncoder(table), 2).encode(["long", "zero", "tiny"]);
    expect(data.slice(0, 4)).toEqual(Float32Array.of(0.6, 0.8, 0, 0));
    // torch's normalize divides by no less than 1e-12.
    expect(data.slice(4)).toEqual(Float32Array.of(3e-8, 4e-8));
  });

  it.each([
    [{ normalized: true, similarity: "dot" }, 1],
    [{ normalized: false, similarity: "cosine" }, 5],
    [{ similarity: "cosine" }, 1],
    [{ similarity: "dot" }, 5],
  ] as const)("of a model with %j: length %d", async (facts, length) => {
    const { data } = await withDimensions(tableEncoder(table, facts), 2).encode(["long"]);
    expect(lengthOf(data)).toBeCloseTo(length, 6);
  });

  it("is the model itself at its own number of values", () => {
    const encoder = tableEncoder(table);
    expect(withDimensions(encoder, 4)).toBe(encoder);
  });

  it("cutting twice is cutting once", async () => {
    const encoder = tableEncoder(table);
    const twice = await withDimensions(withDimensions(encoder, 3), 2).encode(["long", "zero"]);
    const once = await withDimensions(encoder, 2).encode(["long", "zero"]);
    twice.data.forEach((value, i) => void expect(value).toBeCloseTo(once.data[i], 6));
  });

  it("leaves a value that is not finite for others to find", async () => {
    const { data } = await withDimensions(tableEncoder(table), 2).encode(["odd"]);
    expect(Array.from(data)).toEqual([Number.NaN, Number.NaN]);
  });

  it("hands the options on and closes the model", async () => {
    const encoder = tableEncoder(table);
    const cutEncoder = withDimensions(encoder, 1);
    await cutEncoder.encode(["long"], { role: "query", prompt: "p" });
    await cutEncoder.close();
    expect(encoder.calls).toEqual([[["long"], { role: "query", prompt: "p" }]]);
    expect(encoder.closed()).toBe(1);
  });

  it.each([5, 0, -1, 1.5, Number.NaN])("refuses %d", (dims) => {
    expect(() => withDimensions(tableEncoder(table), dims)).toThrow(
      `dimensions: ${dims} cannot be had of test/table, whose vectors have 4 values; expected a whole number from 1 to 4`,
    );
  });
});
