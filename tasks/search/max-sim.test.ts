import { describe, expect, it } from "vitest";
import { selectTexts, type TokenVectors } from "../../models/late-interaction.ts";
import { plainKernels } from "../../models/testing/plain-kernels.ts";
import { maxSim } from "./max-sim.ts";

/** Makes texts of vectors. */
function textsOf(texts: readonly (readonly (readonly number[])[])[], dims: number): TokenVectors {
  const rows = texts.flat();
  const starts = Int32Array.from([0, ...texts.map((_, i) => texts.slice(0, i + 1).flat().length)]);
  return { vectors: { data: Float32Array.from(rows.flat()), rows: rows.length, dims }, starts };
}

let state = 7;
const drawn = (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return state / 2 ** 31 - 1;
};
/** Draws texts of some numbers of vectors. */
const draw = (lengths: readonly number[], dims: number): number[][][] =>
  lengths.map((length) => Array.from({ length }, () => Array.from({ length: dims }, drawn)));

const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

describe("MaxSim", () => {
  it("sums the greatest products of each vector of the query", async () => {
    const queries = draw([3, 1, 5, 2], 4);
    const documents = draw([2, 6, 1], 4);
    const { data, rows, dims } = await maxSim(textsOf(queries, 4), textsOf(documents, 4), "maxsim", plainKernels);
    expect([rows, dims]).toEqual([3, 4]);
    const expected = documents.flatMap((document) =>
      queries.map((query) => query.reduce((sum, q) => sum + Math.max(...document.map((d) => dot(q, d))), 0)),
    );
    expect(Math.max(...expected.map((score, i) => Math.abs(score - data[i])))).toBeLessThan(1e-5);
    const means = await maxSim(textsOf(queries, 4), textsOf(documents, 4), "meanmaxsim", plainKernels);
    expect(means.data[2]).toBeCloseTo(expected[2] / 5, 5);
  });

  it("is the same whatever the blocks: more vectors of queries and documents than one product takes", async () => {
    const queries = textsOf(draw(Array(90).fill(50), 2), 2);
    const documents = textsOf(draw(Array(70).fill(31), 2), 2);
    const all = await maxSim(queries, documents, "maxsim", plainKernels);
    const query = selectTexts(queries, [89]);
    const document = selectTexts(documents, [69]);
    const one = await maxSim(query, document, "maxsim", plainKernels);
    expect(all.data[69 * 90 + 89]).toBe(one.data[0]);
    expect(all.data[0]).not.toBe(0);
  });

  it("of a document without a vector is -1e9, of a query without one 0", async () => {
    const queries = textsOf([[[1, 0]], []], 2);
    const documents = textsOf([[], [[2, 0]], []], 2);
    const { data } = await maxSim(queries, documents, "maxsim", plainKernels);
    expect([...data]).toEqual([-1e9, -1e9, 2, 0, -1e9, -1e9]);
    const [empty] = (await maxSim(textsOf([[]], 2), textsOf([[]], 2), "meanmaxsim", plainKernels)).data;
    expect(empty).toBe(-1e9);
  });

  it("takes a greatest product that is below 0, and is no number where a product might be none", async () => {
    const negative = await maxSim(textsOf([[[1]]], 1), textsOf([[[-3], [-2]]], 1), "maxsim", plainKernels);
    expect([...negative.data]).toEqual([-2]);
    const beyond = await maxSim(textsOf([[[3e38]]], 1), textsOf([[[3]], []], 1), "maxsim", plainKernels);
    expect([...beyond.data]).toEqual([Number.NaN, Number.NaN]);
  });
});
