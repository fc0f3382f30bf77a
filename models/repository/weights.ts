import { z } from "zod";
import { parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { pathIn } from "./json-reader.ts";
import { readPickledTensors } from "./pytorch.ts";
import { readTensors, type StoredTensor } from "./safetensors.ts";
import { isExpendable, layerOf, partOf, prefixOf } from "./tensor-names.ts";

/** Tensors by name. */
export interface Tensors {
  /**
   * Returns the tensor of a name. Where there is none, or one of another shape than `dims`, an empty one stands in for
   * it until `check` reports all faults at once.
   *
   * The first name asked for settles the prefix of all names: a checkpoint of a class with a head, or of one model
   * within another, has `model.embed_tokens.weight` in place of `embed_tokens.weight`, and so on.
   */
  tensor(name: string, dims?: readonly number[]): StoredTensor;
  has(name: string): boolean;
  /** Returns what an adapter adds to the linear layer of a name, whose weight is [out, width]; undefined without one. */
  lowRank(name: string, dims: readonly [number, number]): StoredLowRank | StoredChoice | undefined;
}

/** Tensors of a module, by the names that its architecture uses. */
export interface Weights extends Tensors {
  /** All tensors by their whole names: those of a head lie beside the model's own. */
  readonly beside: Tensors;
  /**
   * Checks, once all tensors were asked for, that each was there and none is left over, except heads and buffers that
   * make no embedding: a model with other weights left over is not the one that was written.
   * @param options With `fewerLayers`, layers may be left over whole; `note` is called with a list of the tensors left
   *   over that belong to no part of the model that was used, where the reference ignores them: without it they are
   *   faults, too.
   * @throws InputError listing tensors that are missing, of another shape, or left over
   */
  check(options?: { readonly fewerLayers?: boolean; readonly note?: (tensors: string) => void }): void;
  /** Number of elements of all floating-point tensors. */
  readonly parameters: number;
  /** Element type of the largest share of the weights. */
  readonly storedType: StoredTensor["type"];
  /** Where they lie. */
  readonly source: WeightSource;
}

/** Where weights lie. */
export interface WeightSource {
  readonly form: "safetensors" | "pickle";
  /** Paths in the repository, sorted. */
  readonly files: readonly string[];
}

/** Tensors a [rank, width] and b [out, rank] of an adapter over a linear layer, whose product is multiplied by `scale`. */
export interface StoredLowRank {
  readonly a: StoredTensor;
  readonly b: StoredTensor;
  readonly scale: number;
}

/**
 * Tensors of several adapters over a linear layer, of which each batch has one or none: a [rank, width] and b [out, rank] of
 * each, or one tensor for all of them, [adapters, ...]; and the factor of each.
 */
export interface StoredChoice {
  readonly a: readonly StoredTensor[];
  readonly b: readonly StoredTensor[];
  readonly scales: readonly number[];
}

/** Returns the tensors whose names start with a prefix, by what follows it: a model that is a part of another. */
export const within = (weights: Weights, prefix: string): Weights => ({
  ...weights,
  tensor: (name, dims) => weights.tensor(prefix + name, dims),
  has: (name) => weights.has(prefix + name),
  lowRank: (name, dims) => weights.lowRank(prefix + name, dims),
});

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });
/** The model that a repository may ship beside its weights. */
export const exportedFile = "onnx/model.onnx";

/** A form of weights: its file, or the index of its shards. */
interface Form {
  readonly name: WeightSource["form"];
  readonly single: string;
  readonly index: string;
  /** Matches the names that shards may have. */
  readonly shard: RegExp;
  read(path: string): Promise<ReadonlyMap<string, StoredTensor>>;
}

/** The first that is there is taken, as transformers and sentence-transformers do. */
const forms: readonly Form[] = [
  {
    name: "safetensors",
    single: "model.safetensors",
    index: "model.safetensors.index.json",
    shard: /\.safetensors$/,
    read: readTensors,
  },
  {
    name: "pickle",
    single: "pytorch_model.bin",
    index: "pytorch_model.bin.index.json",
    shard: /^pytorch_model[^/]*\.bin$/,
    read: readPickledTensors,
  },
];

/** Tells whether a file of a repository with these files may hold weights that `openWeights` takes. */
export function mayHoldWeights(path: string, files: readonly string[]): boolean {
  const folder = path.slice(0, path.lastIndexOf("/") + 1);
  const form = forms.find(({ single, index }) => files.includes(folder + single) || files.includes(folder + index));
  return form?.shard.test(path.slice(folder.length)) ?? false;
}

/**
 * Opens the weights in a folder of a repository, safetensors or else pickled ones: one file, or the shards that an index
 * lists.
 * @param exportable `takesExported`, which decides on the way out that errors name.
 * @throws InputError when there are none, or a file is damaged
 */
export async function openWeights(snapshot: Snapshot, folder: string, exportable = true): Promise<Weights> {
  const path = (name: string): string => pathIn(folder, name);
  for (const form of forms) {
    const { name, single, index, read } = form;
    if (await snapshot.has(path(single))) {
      const tensors = await read(await snapshot.resolve(path(single)));
      return toWeights(tensors, snapshot.id, { form: name, files: [path(single)] }, exportable);
    }
    if (await snapshot.has(path(index))) {
      const { tensors, shards } = await readShards(snapshot, path, form);
      return toWeights(tensors, snapshot.id, { form: name, files: shards.map(path) }, exportable);
    }
  }
  const files = await snapshot.files();
  throw new InputError(`model: ${snapshot.id} has no ${path(forms[0].single)}${withoutWeights(files, exportable)}`);
}

/** Says what a repository without safetensors has instead, and the way out. */
function withoutWeights(files: readonly string[], exportable: boolean): string {
  const pickled = files.filter((file) => /\.(bin|pt|pth|ckpt|pkl)$/.test(file));
  if (exportable && files.includes(exportedFile)) return `; it ships ${exportedFile}, which --onnx runs`;
  if (pickled.length > 0) {
    return ` and no ${forms[1].single}, only other pickles (${listed(pickled)}), which are not read; convert them with save_pretrained, which writes safetensors, or name a revision that has them`;
  }
  const seen = `its files: ${listed(files) || "none"}`;
  return exportable
    ? ` and no ${exportedFile}; ${seen}; only safetensors, pytorch_model.bin and ONNX are read`
    : ` and no ${forms[1].single}; ${seen}; a model of its kind runs by these alone; name the repository or revision that has them`;
}

async function readShards(
  snapshot: Snapshot,
  path: (name: string) => string,
  { index, shard: isShard, read }: Form,
): Promise<{ tensors: Map<string, StoredTensor>; shards: string[] }> {
  const subject = `model: ${snapshot.id}/${path(index)}`;
  const fail = (reason: string): never => {
    throw new InputError(`${subject} ${reason}; fetch it again`);
  };
  const text = await readSmallFile(await snapshot.resolve(path(index)), subject, limits.shardIndex);
  const parsed = indexSchema.safeParse(parseDocument(text, subject, (reason) => fail(`is not valid JSON: ${reason}`)));
  const shardOf = parsed.data?.weight_map ?? fail("has no weight_map from tensors to files");
  const shards = [...new Set(Object.values(shardOf))].sort();
  const present = await Promise.all(shards.map((shard) => snapshot.has(path(shard))));
  const absent = shards.filter((_, i) => !present[i]);
  if (absent.length > 0) fail(`lists ${listed(absent)}, which the repository has not`);
  const others = shards.filter((shard) => !isShard.test(shard));
  if (others.length > 0) fail(`lists ${listed(others)}, whose names are not those of shards beside it`);
  const readShard = async (shard: string) => [shard, await read(await snapshot.resolve(path(shard)))] as const;
  const byShard = new Map(await Promise.all(shards.map(readShard)));
  const found = Object.entries(shardOf).map(([name, shard]) => [name, byShard.get(shard)?.get(name)] as const);
  const lost = found.filter(([, tensor]) => tensor === undefined).map(([name]) => `${name} in ${shardOf[name]}`);
  if (lost.length > 0) fail(`puts ${listed(lost)}, where there is no such tensor`);
  return { tensors: new Map(found.flatMap(([name, tensor]) => (tensor ? [[name, tensor]] : []))), shards };
}

const shownNames = 20;

/** Lists names, at most the first twenty. */
export function listed(all: readonly string[], between = ", "): string {
  const names = all.slice(0, shownNames).map((name) => shown(name));
  const more = all.length - shownNames;
  return names.join(between) + (more > 0 ? ` and ${more} more` : "");
}

export const sizeOf = ({ dims }: StoredTensor): number => dims.reduce((product, dim) => product * dim, 1);
export const isFloat = ({ type }: StoredTensor): boolean => ["double", "float", "float16", "bfloat16"].includes(type);

/** Returns an empty tensor of a shape. */
const standIn = (name: string, dims: readonly number[] = []): StoredTensor => ({
  name,
  file: "",
  offset: 0,
  length: 0,
  type: "float",
  dims,
});

/** Stands in for weights that cannot be looked at: whatever is asked for is there. */
export const unseenWeights: Weights = {
  tensor: standIn,
  lowRank: () => undefined,
  has: () => true,
  beside: { tensor: standIn, lowRank: () => undefined, has: () => true },
  check: () => {},
  parameters: Number.NaN,
  storedType: "float",
  source: { form: "safetensors", files: [] },
};

function toWeights(
  tensors: ReadonlyMap<string, StoredTensor>,
  id: string,
  source: WeightSource,
  exportable: boolean,
): Weights {
  const floats = [...tensors.values()].filter(isFloat);
  const largest = floats.reduce<StoredTensor | undefined>((a, b) => (a && sizeOf(a) >= sizeOf(b) ? a : b), undefined);
  const used = new Set<string>();
  const missing: string[] = [];
  const misshapen: string[] = [];
  let settled: string | undefined;
  const whole = (name: string): string => (settled ?? prefixOf(tensors, name)) + name;
  const take = (name: string, own: string, dims: readonly number[] | undefined): StoredTensor => {
    const tensor = tensors.get(name);
    if (!tensor) {
      missing.push(name);
      return standIn(own, dims);
    }
    used.add(name);
    if (!dims || String(tensor.dims) === String(dims)) return tensor;
    misshapen.push(`tensor ${own} has the shape [${tensor.dims}], its config asks for [${dims}]`);
    return standIn(own, dims);
  };
  return {
    has: (name) => tensors.has(whole(name)),
    lowRank: () => undefined,
    tensor: (name, dims) => {
      settled ??= prefixOf(tensors, name);
      return take(settled + name, name, dims);
    },
    beside: {
      has: (name) => tensors.has(name),
      lowRank: () => undefined,
      tensor: (name, dims) => take(name, name, dims),
    },
    check: ({ fewerLayers = false, note } = {}) => {
      const prefix = settled ?? "";
      const usedLayers = new Set([...used].map(layerOf));
      const leftOut = (name: string): boolean =>
        fewerLayers && layerOf(name) !== undefined && !usedLayers.has(layerOf(name));
      const all = [...tensors.keys()].filter(
        (name) => !used.has(name) && !leftOut(name) && !isExpendable(name, prefix, note !== undefined),
      );
      const parts = new Set([...used].map((name) => partOf(name, prefix)));
      const isApart = (name: string): boolean =>
        note !== undefined && !(name.startsWith(prefix) && parts.has(partOf(name, prefix)));
      const unused = all.filter((name) => !isApart(name));
      const apart = all.filter(isApart);
      const faults = [
        ...(missing.length > 0 ? [`missing are ${listed(missing)}`] : []),
        ...(misshapen.length > shownNames
          ? [`${misshapen.slice(0, shownNames).join("; ")}; and ${misshapen.length - shownNames} more`]
          : misshapen),
        ...(unused.length > 0 ? [`left over are ${listed(unused)}`] : []),
      ];
      if (faults.length === 0) {
        if (apart.length > 0) note?.(listed(apart));
        return;
      }
      const wayOut = exportable
        ? `where the repository ships ${exportedFile}, --onnx runs that`
        : "name a repository or revision whose weights fit its config";
      throw new InputError(
        `model: the weights of ${id} (${tensors.size} tensors) are not those of its config: ${faults.join("; ")}; ${wayOut}`,
      );
    },
    parameters: floats.reduce((sum, tensor) => sum + sizeOf(tensor), 0),
    storedType: largest?.type ?? "float",
    source,
  };
}
