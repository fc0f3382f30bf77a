import { readFile } from "node:fs/promises";
import { z } from "zod";
import { InputError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { readTensors, type StoredTensor } from "./safetensors.ts";

/** The tensors of one module, by the names that its architecture uses. */
export interface Weights {
  /** The tensor of that name; checked against `dims` where given. Throws `InputError`. */
  tensor(name: string, dims?: readonly number[]): StoredTensor;
  has(name: string): boolean;
  /** Number of elements of all floating-point tensors. */
  readonly parameters: number;
  /** Element type of the largest share of the weights. */
  readonly storedType: StoredTensor["type"];
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string()) });
const single = "model.safetensors";
const index = "model.safetensors.index.json";

/**
 * Opens the safetensors weights in a folder of a repository: one file, or the shards that its index lists.
 * @throws InputError when there are none, or a file is damaged.
 */
export async function openWeights(snapshot: Snapshot, folder: string): Promise<Weights> {
  const files = await snapshot.files();
  const path = (name: string): string => (folder === "" ? name : `${folder}/${name}`);
  if (files.includes(path(single)))
    return toWeights(await readTensors(await snapshot.resolve(path(single))), snapshot.id);
  if (files.includes(path(index))) return toWeights(await readShards(snapshot, path), snapshot.id);
  const others = files.filter((file) => /\.(bin|pt|pth|h5|msgpack|gguf|onnx)$/.test(file));
  const found = others.length > 0 ? `there are ${others.join(", ")}` : `the repository has ${files.length} files`;
  throw new InputError(
    `model: ${snapshot.id} has no ${path(single)}: ${found}; only safetensors weights are read (convert them with save_pretrained)`,
  );
}

async function readShards(snapshot: Snapshot, path: (name: string) => string): Promise<Map<string, StoredTensor>> {
  const parsed = indexSchema.safeParse(JSON.parse(await readFile(await snapshot.resolve(path(index)), "utf8")));
  if (!parsed.success) throw new InputError(`model: ${snapshot.id}/${path(index)} has no weight_map`);
  const { weight_map: places } = parsed.data;
  const shards = [...new Set(Object.values(places))].sort();
  const tensors = await Promise.all(shards.map(async (shard) => readTensors(await snapshot.resolve(path(shard)))));
  const all = new Map(tensors.flatMap((shard) => [...shard]));
  const lost = Object.keys(places).find((name) => !all.has(name));
  if (lost !== undefined)
    throw new InputError(`model: ${snapshot.id}: tensor ${lost} is not in ${places[lost]}, where the index puts it`);
  return all;
}

/** Prefixes that a checkpoint of a head-bearing class puts before the names of its encoder's tensors. */
const prefixes = ["", "model.", "bert.", "roberta.", "encoder.", "auto_model.", "0.auto_model."];

function toWeights(tensors: ReadonlyMap<string, StoredTensor>, id: string): Weights {
  const find = (name: string): StoredTensor | undefined => {
    const prefix = prefixes.find((candidate) => tensors.has(candidate + name));
    return prefix === undefined ? undefined : tensors.get(prefix + name);
  };
  const floats = [...tensors.values()].filter(({ type }) => ["float", "float16", "bfloat16"].includes(type));
  const size = ({ dims }: StoredTensor): number => dims.reduce((product, dim) => product * dim, 1);
  const largest = floats.reduce<StoredTensor | undefined>((a, b) => (a && size(a) >= size(b) ? a : b), undefined);
  return {
    has: (name) => find(name) !== undefined,
    tensor: (name, dims) => {
      const tensor = find(name);
      if (!tensor) {
        const some = [...tensors.keys()].slice(0, 5).join(", ");
        throw new InputError(`model: ${id} has no tensor ${name}; among its ${tensors.size} tensors are ${some}`);
      }
      if (dims && String(tensor.dims) !== String(dims)) {
        throw new InputError(
          `model: ${id}: tensor ${name} has the shape [${tensor.dims}], its config asks for [${dims}]`,
        );
      }
      return tensor;
    },
    parameters: floats.reduce((sum, tensor) => sum + size(tensor), 0),
    storedType: largest?.type ?? "float",
  };
}
