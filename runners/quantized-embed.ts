import { pythonRandom } from "../datasets/random/python.ts";
import type { Matrix } from "../models/matrix.ts";
import {
  type Quantization,
  quantizeToLevels,
  quantizeToSigns,
  rangesOf,
  type ValueRanges,
} from "../models/variants/quantization.ts";
import type { Embed, VectorContext } from "../tasks/task.ts";

/** Most documents whose vectors give the ranges: with fewer, mteb's `CompressionWrapper` warns of unstable ones. */
const sampleSize = 10_000;
const seed = 42;

/** Vectors that were made for the ranges and will be asked for again. */
interface Known {
  readonly rowOf: ReadonlyMap<string, number>;
  readonly vectors: Matrix;
}

/**
 * Makes an `embed` that gives quantized vectors, for one subset of a task. Texts whose vectors are compared share their
 * scale: those of one call, or, after `calibrate`, queries and documents of all calls. The ranges of many documents are
 * those of 10,000, drawn without replacement by CPython's generator with seed 42; their vectors are kept and not made
 * again. Signs need no scale.
 */
export function quantizedEmbed(embed: Embed, quantization: Quantization): Pick<VectorContext, "embed" | "calibrate"> {
  if (quantization === "binary") {
    return { embed: async (texts, role) => quantizeToSigns(await embed(texts, role)), calibrate: async () => {} };
  }
  let ranges: ValueRanges | undefined;
  let known: Known | undefined;
  return {
    async embed(texts, role) {
      const vectors = role === "document" && known ? await completed(texts, known, embed) : await embed(texts, role);
      return quantizeToLevels(vectors, quantization, ranges ?? rangesOf(vectors));
    },
    async calibrate(count, textAt) {
      const places = pythonRandom(seed).sample(count, Math.min(count, sampleSize)).sort();
      const texts = [...new Set(Array.from(places, textAt))];
      const vectors = await embed(texts, "document");
      ranges = rangesOf(vectors);
      known = { rowOf: new Map(texts.map((text, row) => [text, row])), vectors };
    },
  };
}

/** Returns the vectors of documents, [texts.length, dims]; only those that are not known are made. */
async function completed(texts: readonly string[], { rowOf, vectors }: Known, embed: Embed): Promise<Matrix> {
  const { dims } = vectors;
  const missing = texts.filter((text) => !rowOf.has(text));
  const made = missing.length > 0 ? (await embed(missing, "document")).data : new Float32Array(0);
  const data = new Float32Array(texts.length * dims);
  let next = 0;
  texts.forEach((text, row) => {
    const place = rowOf.get(text);
    const [source, start] = place === undefined ? [made, next++ * dims] : [vectors.data, place * dims];
    data.set(source.subarray(start, start + dims), row * dims);
  });
  return { data, rows: texts.length, dims };
}
