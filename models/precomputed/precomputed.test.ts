import { describe, expect, it } from "vitest";
import type { EncodeProgress } from "../encoder.ts";
import { fromHalf } from "./floats.ts";
import { openPrecomputed } from "./index.ts";
import { brains, doubles, floats, folderOf, halves, lines, npy, numbers, safetensors } from "./testing/folders.ts";

describe("precomputed vectors", () => {
  it.each([
    ["float32", { "vectors.npy": npy(floats(numbers)) }],
    ["float64", { "vectors.npy": npy(doubles(numbers), "<f8") }],
    ["float16", { "vectors.npy": npy(halves, "<f2") }],
    ["version 3", { "vectors.npy": npy(floats(numbers), "<f4", "(4, 2)", "False", 3) }],
    [
      "F32",
      {
        "vectors.npy": undefined,
        "vectors.safetensors": safetensors({ vectors: { dtype: "F32", shape: [4, 2], data: floats(numbers) } }),
      },
    ],
    [
      "F16",
      {
        "vectors.npy": undefined,
        "vectors.safetensors": safetensors({ vectors: { dtype: "F16", shape: [4, 2], data: halves } }),
      },
    ],
    [
      "BF16",
      {
        "vectors.npy": undefined,
        "vectors.safetensors": safetensors({ vectors: { dtype: "BF16", shape: [4, 2], data: brains } }),
      },
    ],
  ])("as %s are found by text and role", async (_, files) => {
    const encoder = await openPrecomputed(folderOf(files));
    const progress: EncodeProgress[] = [];
    const any = await encoder.encode(["b\u2028c", "a", "b\u2028c"], { onProgress: (one) => progress.push(one) });
    expect([any.rows, any.dims, ...any.data]).toEqual([3, 2, 3, 4, 1, 2, 3, 4]);
    expect(progress).toEqual([{ done: 3, total: 3, encoded: 2, tokens: 0 }]);
    expect([...(await encoder.encode(["a"], { role: "query" })).data]).toEqual([5, 6]);
    expect([...(await encoder.encode(["a", "d"], { role: "document" })).data]).toEqual([1, 2, -0.5, 1024]);
    expect((await encoder.encode([])).rows).toBe(0);
    await encoder.close();
  });

  it("are found by the prompt and the text together", async () => {
    const encoder = await openPrecomputed(folderOf({ "texts.jsonl": lines(["query: a", "b", "c", "d"]) }));
    expect([...(await encoder.encode(["a"], { prompt: "query: " })).data]).toEqual([1, 2]);
  });

  it("have the folder's name and the hash of its files, or what model.json says, marked", async () => {
    const folder = folderOf();
    const { info } = await openPrecomputed(folder);
    expect(info).toMatchObject({
      id: `precomputed/${folder.split("/").at(-1)}`,
      dims: 2,
      similarity: "cosine",
      device: "precomputed",
    });
    expect(info.revision).toMatch(/^[0-9a-f]{40}$/);
    expect((await openPrecomputed(folderOf())).info.revision).toBe(info.revision);
    const others = await openPrecomputed(folderOf({ "vectors.npy": npy(floats([...numbers].reverse())) }));
    expect(others.info.revision).not.toBe(info.revision);
    const model = { name: "org/model", revision: "7", similarity: "dot" };
    const named = await openPrecomputed(folderOf({ "model.json": JSON.stringify(model) }));
    expect(named.info).toMatchObject({ id: "org/model[precomputed]", revision: "7", similarity: "dot" });
  });

  it("that are missing are counted, and some shown", async () => {
    const folder = folderOf();
    const encoder = await openPrecomputed(folder);
    await expect(encoder.encode(["a", "x", "y", "x", "z", "w".repeat(80), "v"])).rejects.toThrow(
      `precomputed: ${folder} has no vector for 5 of 6 texts, such as "x", "y", "z"; \`pramana texts\` lists what tasks ` +
        "need: embed those and write the folder again",
    );
    await expect(encoder.encode(["d"], { role: "query" })).rejects.toThrow(
      'has no vector for 1 of 1 texts in the role of a query, such as "d"; ',
    );
    await expect(encoder.encode(["w".repeat(80)])).rejects.toThrow(`"${"w".repeat(60)}…"`);
  });

  it("stop when told to", async () => {
    const encoder = await openPrecomputed(folderOf());
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(encoder.encode(["a"], { signal })).rejects.toThrow("enough");
  });

  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7bff, 65504],
    [0xfc00, -Infinity],
    [0x7e00, Number.NaN],
  ])("half precision: %i", (bits, value) => {
    expect(fromHalf(bits)).toBe(value);
  });
});
