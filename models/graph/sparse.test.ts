import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pythonRandom } from "../../datasets/random/python.ts";
import { toBatch } from "../batching.ts";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession } from "../runtime/session.ts";
import { folderSnapshot, madeUpValues, type Shapes, safetensorsOf } from "../testing/checkpoint.ts";
import { plainProduct } from "../testing/plain-kernels.ts";
import { createGraph } from "./builder.ts";
import { names, writeEncoderGraph } from "./pipeline.ts";
import { addSplade, type Splade } from "./sparse.ts";

interface Case {
  readonly config: Record<string, unknown>;
  readonly tensors: Shapes;
  readonly expected: number[][];
}
const golden = JSON.parse(readFileSync(new URL("../fixtures/sparse-heads.json", import.meta.url), "utf8")) as {
  readonly texts: number[][];
  readonly cases: Record<string, Case>;
};

/** Writes the graph of a masked-language model of made-up weights under SpladePooling. */
async function write({ config, tensors }: Omit<Case, "expected">) {
  const weights = safetensorsOf(
    tensors,
    madeUpValues((name) => (/norm/i.test(name) ? 1 : 0)),
  );
  const snapshot = await folderSnapshot({ "model.safetensors": weights });
  const setup = { folder: "", config, lowerCase: false, fewerLayers: false };
  const transformer = { type: "Transformer", ...setup, task: "fill-mask", head: { kind: "vocabulary" } } as const;
  return writeEncoderGraph(snapshot, [transformer, { type: "SpladePooling", strategy: "max", activation: "relu" }]);
}

const largest = (made: ArrayLike<number>, expected: ArrayLike<number>): number =>
  Math.max(...Array.from(expected, (value, i) => Math.abs(value - made[i])));

describe("masked-language heads, against sentence-transformers", () => {
  it.each(Object.entries(golden.cases))("%s", async (_, one) => {
    const graph = await write(one);
    expect(graph.dims).toBe(50);
    const session = await openSession({ ...graph, threads: 1, executionProvider: processor });
    const rows = golden.texts.map((row) => ({ ids: Int32Array.from(row) }));
    for (const members of [golden.texts.map((_, i) => i), [0], [1], [2], [3]]) {
      const { ids, mask, width } = toBatch(members, rows, 1);
      const dims = [members.length, width];
      const feeds = { [names.ids]: { data: ids, dims }, [names.mask]: { data: mask, dims } };
      const { data } = (await session.run(feeds, [names.embedding]))[names.embedding];
      expect(
        largest(
          data,
          members.flatMap((member) => one.expected[member]),
        ),
      ).toBeLessThan(1e-5);
    }
    await session.close();
  });

  it("lack a tensor, or have one of another vocabulary", async () => {
    const { config, tensors } = golden.cases["bert"];
    const { "cls.predictions.transform.dense.weight": _, ...others } = tensors;
    await expect(write({ config, tensors: others })).rejects.toThrow(
      "are not those of its config: missing are cls.predictions.transform.dense.weight;",
    );
    const { "cls.predictions.bias": __, ...unbiased } = tensors;
    await expect(write({ config, tensors: unbiased })).rejects.toThrow("missing are cls.predictions.bias;");
    await expect(write({ config: { ...config, vocab_size: 60 }, tensors })).rejects.toThrow(
      "tensor cls.predictions.bias has the shape [50], its config asks for [60]",
    );
    await expect(write({ config: { ...config, tie_word_embeddings: false }, tensors })).rejects.toThrow(
      /missing are cls.predictions.decoder.weight, cls.predictions.decoder.bias;/,
    );
  });

  it("of other families are refused by name", async () => {
    const { config, tensors } = golden.cases["roberta"];
    await expect(write({ config: { ...config, model_type: "data2vec-text" }, tensors })).rejects.toThrow(
      /data2vec-text/,
    );
  });
});

describe("SpladePooling over a vocabulary of several parts", () => {
  const [size, hidden] = [9000, 3];
  const random = pythonRandom(4);
  const draw = (count: number) => Float32Array.from({ length: count }, () => random.random() - 0.5);
  const [table, bias, tokens] = [draw(size * hidden), draw(size), draw(2 * 3 * hidden)];
  const mask = [1, 1, 1, 1, 0, 0];

  const poolings = [
    { strategy: "max", activation: "relu" },
    { strategy: "sum", activation: "relu" },
    { strategy: "max", activation: "log1p_relu" },
    { strategy: "sum", activation: "log1p_relu" },
  ] as const satisfies readonly Splade[];

  it.each(poolings)("$strategy, $activation", async (splade) => {
    const graph = createGraph();
    const x = graph.input("x", "float", [2, 3, hidden]);
    const maskName = graph.input("mask", "int32", [2, 3]);
    const vocabulary = {
      ...{ tokens: x, size },
      ...{ table: graph.floats([...table], [size, hidden]), bias: graph.floats([...bias]) },
    };
    const { sentence, width } = addSplade(graph, vocabulary, maskName, splade);
    expect(width).toBe(size);
    graph.output(sentence, "y", [2, size]);
    const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
    const feeds = {
      x: { data: tokens.slice(), dims: [2, 3, hidden] },
      mask: { data: Int32Array.from(mask), dims: [2, 3] },
    };
    const { data } = (await session.run(feeds, ["y"]))["y"];
    await session.close();
    const logits = plainProduct(
      { data: tokens, rows: 6, dims: hidden },
      { data: table, rows: size, dims: hidden },
    ).data;
    const expected = new Float32Array(2 * size);
    mask.forEach((there, token) => {
      for (let entry = 0; entry < size && there; entry++) {
        const once = Math.log1p(Math.max(0, logits[token * size + entry] + bias[entry]));
        const value = splade.activation === "relu" ? once : Math.log1p(once);
        const cell = (token < 3 ? 0 : size) + entry;
        expected[cell] = splade.strategy === "max" ? Math.max(expected[cell], value) : expected[cell] + value;
      }
    });
    expect(largest(data, expected)).toBeLessThan(1e-6);
    expect(Math.max(...expected)).toBeGreaterThan(0.3);
  });

  it("keeps values so small that 1 + x is 1", async () => {
    const graph = createGraph();
    const x = graph.input("x", "float", [1, 1, 1]);
    const maskName = graph.input("mask", "int32", [1, 1]);
    const vocabulary = { tokens: x, table: graph.floats([1], [1, 1]), size: 1 };
    graph.output(addSplade(graph, vocabulary, maskName, poolings[0]).sentence, "y", [1, 1]);
    const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
    const feeds = {
      x: { data: Float32Array.of(1e-9), dims: [1, 1, 1] },
      mask: { data: Int32Array.of(1), dims: [1, 1] },
    };
    const { data } = (await session.run(feeds, ["y"]))["y"];
    await session.close();
    expect(data[0]).toBe(Math.fround(1e-9));
  });
});
