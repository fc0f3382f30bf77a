import { open } from "node:fs/promises";
import { InputError } from "../../datasets/errors.ts";
import { limits, seeLimits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import type { Lora } from "./lora.ts";
import { elementBytes, type StoredTensor } from "./safetensors.ts";
import { isFloat } from "./weights.ts";

/** Tensors of an adapter by their names. */
export type LoraTensors = ReadonlyMap<string, StoredTensor>;

/** Names of a family's layers as they are stored, and of their parts in transformers 5, which are stored one below the other. */
interface Layout {
  /** What stands before a layer's number; in transformers 5 `layers.`. */
  readonly layers: string;
  /** What stands before that in a class with a head. */
  readonly model: string;
  readonly parts: Readonly<Record<string, readonly string[]>>;
}

const attention = ["q_proj", "k_proj", "v_proj"].map((name) => `self_attn.${name}`);
const output = ["self_attn.o_proj"];

/** Families whose layers transformers 5 calls otherwise than they are stored, by `model_type` (`conversion_mapping.py`). */
const layouts: Readonly<Record<string, Layout>> = {
  gte: {
    layers: "encoder.layer.",
    model: "gte.",
    parts: {
      "attention.qkv_proj": attention,
      "attention.o_proj": output,
      "mlp.up_gate_proj": ["mlp.up_proj", "mlp.gate_proj"],
      "mlp.down_proj": ["mlp.down_proj"],
    },
  },
  nomic_bert: {
    layers: "encoder.layers.",
    model: "nomic_bert.",
    parts: {
      "attn.Wqkv": attention,
      "attn.out_proj": output,
      "mlp.fc11": ["mlp.up_proj"],
      "mlp.fc12": ["mlp.gate_proj"],
      "mlp.fc2": ["mlp.down_proj"],
    },
  },
  jina_embeddings_v3: {
    layers: "encoder.layers.",
    model: "roberta.",
    parts: {
      "mixer.Wqkv": attention,
      "mixer.out_proj": output,
      "mlp.fc1": ["mlp.fc1"],
      "mlp.fc2": ["mlp.fc2"],
    },
  },
};

/** The two tensors of an adapter over a layer. */
interface Pair {
  readonly a: StoredTensor;
  readonly b: StoredTensor;
}

/**
 * Turns an adapter that was made over a model as transformers 5 has it into one of the layers as they are stored: those of
 * a packed layer's parts become one, their a below each other, [Σ rank, width], their b along the diagonal,
 * [Σ out, Σ rank]. Other adapters stay as they are.
 * @param tensors By the names of the model's modules, `MODULE.lora_A.weight`.
 * @throws InputError for parts with different factors, and for more bytes than are put together
 */
export async function asStored(
  modelType: unknown,
  lora: Lora,
  tensors: LoraTensors,
): Promise<{ readonly lora: Lora; readonly tensors: LoraTensors }> {
  const layout = Object.hasOwn(layouts, String(modelType)) ? layouts[String(modelType)] : undefined;
  if (layout === undefined) return { lora, tensors };
  const places = ["", layout.model].map((prefix) => ({ prefix, layers: layersUnder(tensors, `${prefix}layers.`) }));
  const place = places.find(({ layers }) => layers.length > 0);
  if (place === undefined) return { lora, tensors };
  return { lora: overParts(lora, layout), tensors: await joinAll(layout, lora, tensors, place) };
}

/** Returns the numbers that follow a prefix in the names of tensors. */
const layersUnder = (tensors: LoraTensors, prefix: string): string[] => [
  ...new Set(
    [...tensors.keys()].flatMap((name) => (name.startsWith(prefix) ? name.slice(prefix.length).split(".")[0] : [])),
  ),
];

/** Returns the names of a stored layer's parts in transformers 5; none of another layer. */
function partsOf({ layers, parts }: Layout, stored: string): readonly string[] {
  const [, number = "", name = ""] =
    /^(\d+)\.(.*)$/.exec(stored.startsWith(layers) ? stored.slice(layers.length) : "") ?? [];
  return Object.hasOwn(parts, name) ? parts[name].map((part) => `layers.${number}.${part}`) : [];
}

/** Asks an adapter about stored layers that is one of their parts. */
function overParts(lora: Lora, layout: Layout): Lora {
  const targetsIn = (name: string): readonly string[] => partsOf(layout, name).filter(lora.targets);
  return {
    ...lora,
    targets: (name) => targetsIn(name).length > 0,
    rankOf: (name) => targetsIn(name).reduce((sum, part) => sum + lora.rankOf(part), 0),
    scaleOf: (name) => {
      const [scale, ...others] = new Set(targetsIn(name).map(lora.scaleOf));
      if (others.length === 0) return scale;
      throw new InputError(
        `model: the adapter has the factors ${[scale, ...others].join(", ")} for parts of ${shown(name)}, which is stored as one layer; expected one factor; merge the adapter in a copy (PEFT's merge_and_unload)`,
      );
    },
  };
}

async function joinAll(
  layout: Layout,
  lora: Lora,
  tensors: LoraTensors,
  { prefix, layers }: { readonly prefix: string; readonly layers: readonly string[] },
): Promise<LoraTensors> {
  const joined = new Map(tensors);
  const all = layers.flatMap((layer) => Object.keys(layout.parts).map((name) => `${layout.layers}${layer}.${name}`));
  let bytes = 0;
  for (const stored of all) {
    const parts = partsOf(layout, stored);
    const pairs = parts.map((part) => (lora.targets(part) ? pairOf(tensors, prefix + part) : undefined));
    // A part that lacks a tensor, or has one of another shape, is told as the whole layer's.
    const isWhole = parts.every((part, i) => !lora.targets(part) || pairs[i] !== undefined);
    if (!isWhole || !areAlike(pairs)) continue;
    bytes += pairs.length === 1 ? 0 : bytesOf(pairs);
    if (bytes > limits.reorderedWeights) {
      throw new InputError(
        `model: the adapter's tensors up to ${shown(stored)} take ${bytes} bytes to put together, at most ${limits.reorderedWeights} are, ${seeLimits}`,
      );
    }
    const { a, b } = await join(stored, pairs);
    const taken = parts.filter((_, i) => pairs[i] !== undefined);
    for (const part of taken) for (const side of sides) joined.delete(`${prefix}${part}.${side}.weight`);
    joined.set(`${stored}.lora_A.weight`, a).set(`${stored}.lora_B.weight`, b);
  }
  return joined;
}

const sides = ["lora_A", "lora_B"];

function pairOf(tensors: LoraTensors, name: string): Pair | undefined {
  const [a, b] = sides.map((side) => tensors.get(`${name}.${side}.weight`));
  return a && b && { a, b };
}

/** Tells whether there are pairs of one type, and of shapes that fit each other. */
function areAlike(pairs: readonly (Pair | undefined)[]): boolean {
  const [first, ...others] = pairs.filter((pair) => pair !== undefined);
  const isPair = ({ a, b }: Pair): boolean => a.dims.length === 2 && b.dims.length === 2 && a.dims[0] === b.dims[1];
  const isLike = ({ a, b }: Pair): boolean =>
    a.type === first.a.type &&
    b.type === first.a.type &&
    a.dims[1] === first.a.dims[1] &&
    b.dims[0] === first.b.dims[0];
  return first !== undefined && isFloat(first.a) && [first, ...others].every((pair) => isPair(pair) && isLike(pair));
}

const ranksOf = (pairs: readonly (Pair | undefined)[]): number[] => pairs.map((pair) => pair?.a.dims[0] ?? 0);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Returns the bytes of both tensors that pairs make. */
function bytesOf(pairs: readonly (Pair | undefined)[]): number {
  const [{ a, b }] = pairs.filter((pair) => pair !== undefined);
  return sum(ranksOf(pairs)) * (a.dims[1] + b.dims[0] * pairs.length) * elementBytes[a.type];
}

/** Puts the pairs of a packed layer's parts together; a part without one is zeros. */
async function join(stored: string, pairs: readonly (Pair | undefined)[]): Promise<Pair> {
  const ranks = ranksOf(pairs);
  const rank = sum(ranks);
  const [first] = pairs.filter((pair) => pair !== undefined);
  if (pairs.length === 1) return first;
  const { type, dims } = first.a;
  const [out] = first.b.dims;
  const width = elementBytes[type];
  const tensor = (name: string, shape: readonly number[], bytes: Uint8Array): StoredTensor => ({
    ...{ name: `${stored}.${name}.weight`, file: "", offset: 0, length: bytes.length, type, dims: shape, bytes },
  });
  const b = new Uint8Array(pairs.length * out * rank * width);
  for (const [i, pair] of pairs.entries()) {
    const rows = pair === undefined ? new Uint8Array() : await read(pair.b);
    const before = sum(ranks.slice(0, i));
    for (let row = 0; pair !== undefined && row < out; row++) {
      const from = row * ranks[i] * width;
      b.set(rows.subarray(from, from + ranks[i] * width), ((i * out + row) * rank + before) * width);
    }
  }
  const as = await Promise.all(pairs.map(async (pair) => (pair === undefined ? new Uint8Array() : read(pair.a))));
  return {
    a: tensor("lora_A", [rank, dims[1]], Buffer.concat(as)),
    b: tensor("lora_B", [pairs.length * out, rank], b),
  };
}

async function read({ file, offset, length, bytes }: StoredTensor): Promise<Uint8Array> {
  if (bytes !== undefined) return bytes;
  const handle = await open(file);
  try {
    return (await handle.read(new Uint8Array(length), 0, length, offset)).buffer;
  } finally {
    await handle.close();
  }
}
