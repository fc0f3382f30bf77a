import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { pathIn } from "./json-reader.ts";
import type { Lora } from "./lora.ts";
import { asStored, type LoraTensors } from "./lora-layouts.ts";
import type { Head, VocabularyHead } from "./module.ts";
import { readPickledTensors } from "./pytorch.ts";
import { readTensors, type StoredTensor } from "./safetensors.ts";
import { layerOf, makesNoEmbedding } from "./tensor-names.ts";
import {
  isFloat,
  listed,
  openWeights,
  type StoredChoice,
  type StoredLowRank,
  sizeOf,
  type Weights,
} from "./weights.ts";

type Json = Readonly<Record<string, unknown>>;

/** A module as far as its weights go: those of one adapter, or of several of which each batch has one, lie over its own. */
interface Adapted {
  readonly folder: string;
  readonly lora?: Lora;
  readonly choice?: readonly Lora[];
  readonly config?: Json;
  readonly head?: Pick<Head | VocabularyHead, "kind">;
}

/** Files of an adapter's tensors; the first that is there is taken, as transformers does. */
const files = [
  { name: "adapter_model.safetensors", read: readTensors },
  { name: "adapter_model.bin", read: readPickledTensors },
] as const;

/** Tells whether a file of a repository may hold the tensors of an adapter. */
export const mayHoldLora = (path: string): boolean => files.some(({ name }) => path.split("/").at(-1) === name);

/**
 * Opens the weights of a module, with the adapter over them where there is one, or with all of which each batch has one.
 * @param exportable As in `openWeights`.
 * @throws InputError when there are none, or a file is damaged
 */
export async function openModuleWeights(
  snapshot: Snapshot,
  { folder, lora, choice, config, head }: Adapted,
  exportable?: boolean,
): Promise<Weights> {
  if (choice !== undefined) {
    const weights = await openWeights(snapshot, folder, exportable);
    const withOne = async (one: Lora) => withLora(weights, one, await readLoraTensors(snapshot, one), snapshot.id);
    return withChoice(weights, await Promise.all(choice.map(withOne)), snapshot.id);
  }
  if (lora === undefined) return openWeights(snapshot, folder, exportable);
  const weights = await (lora.base === undefined
    ? openWeights(snapshot, folder, exportable)
    : openWeights(lora.base, "", exportable));
  const tensors = await asStored(config?.["model_type"], lora, await readLoraTensors(snapshot, lora));
  return withLora(weights, tensors.lora, tensors.tensors, snapshot.id, head?.kind);
}

/** Reads an adapter's tensors by the names of the model's modules. */
async function readLoraTensors(snapshot: Snapshot, { folder }: Lora): Promise<LoraTensors> {
  const paths = files.map(({ name, read }) => ({ path: pathIn(folder, name), read }));
  for (const { path, read } of paths) {
    if (!(await snapshot.has(path))) continue;
    const stored = await read(await snapshot.resolve(path));
    return new Map([...stored].map(([name, tensor]) => [name.replace(wrapper, ""), tensor]));
  }
  const expected = paths.map(({ path }) => path).join(" or ");
  throw new InputError(
    `model: ${snapshot.id} has an adapter_config.json, but no tensors of an adapter; expected ${expected}; fetch it again, or take adapter_config.json out of a copy`,
  );
}

/** What PEFT puts before the names of a model's modules. */
const wrapper = /^base_model\.model\./;
const pair = /^(.*)\.lora_[AB]\.weight$/;

/**
 * Puts an adapter over weights: its tensors `MODULE.lora_A.weight` [rank, width] and `MODULE.lora_B.weight` [out, rank].
 * @param head Where the class of the model has a head, PEFT calls its layers by their whole names. The head may be adapted,
 *   too; one of labels may come with the adapter whole (`modules_to_save`). A whole head of a vocabulary may not: transformers
 *   ties it again to the embeddings of the tokens, which it was trained apart from. Without a head all these make no embedding.
 */
function withLora(
  weights: Weights,
  { targets, rankOf, scaleOf }: Lora,
  tensors: LoraTensors,
  id: string,
  head?: (Head | VocabularyHead)["kind"],
): Weights {
  const headed = head !== undefined;
  const isSaved = (name: string): boolean => head === "labels" && tensors.has(name);
  const modules = new Set([...tensors.keys()].map((name) => pair.exec(name)?.[1] ?? ""));
  const used = new Set<string>();
  const missing = new Set<string>();
  const misshapen = new Set<string>();
  let prefix = headed ? placeOf(modules) : undefined;
  const find = (name: string, dims: readonly number[] | undefined): StoredTensor | undefined => {
    const tensor = tensors.get(name);
    if (tensor === undefined) missing.add(name);
    else used.add(name);
    if (tensor === undefined || (String(tensor.dims) === String(dims ?? tensor.dims) && isFloat(tensor))) return tensor;
    misshapen.add(`tensor ${name} is ${tensor.type} [${tensor.dims}], expected are floats [${dims}]`);
    return undefined;
  };
  /** @param name By which PEFT knows the layer; @param place Its name in the adapter. */
  const pairAt = (name: string, place: string, [out, width]: readonly [number, number]): StoredLowRank | undefined => {
    const rank = rankOf(name);
    const a = find(`${place}.lora_A.weight`, [rank, width]);
    const b = find(`${place}.lora_B.weight`, [out, rank]);
    return a && b && { a, b, scale: scaleOf(name) };
  };
  return {
    ...weights,
    lowRank: (name, dims) => {
      const known = headed ? `${prefix}${name}` : name;
      if (!targets(known)) return undefined;
      // A model within another has `model.layers.…` in place of `layers.…`; the first layer settles it for all.
      prefix ??= prefixOf(modules, name);
      return pairAt(known, `${prefix ?? ""}${name}`, dims);
    },
    beside: {
      has: (name) => isSaved(name) || weights.beside.has(name),
      tensor: (name, dims) => (isSaved(name) && find(name, dims)) || weights.beside.tensor(name, dims),
      lowRank: (name, dims) => (targets(name) && !isSaved(`${name}.weight`) ? pairAt(name, name, dims) : undefined),
    },
    check: (options = {}) => {
      weights.check(options);
      const usedLayers = new Set([...used].map(layerOf));
      const leftOut = (name: string): boolean =>
        options.fewerLayers === true && layerOf(name) !== undefined && !usedLayers.has(layerOf(name));
      const isExpendable = (name: string): boolean =>
        !headed && (makesNoEmbedding(name) || makesNoEmbedding(name.slice((prefix ?? "").length)));
      const unused = [...tensors.keys()].filter((name) => !used.has(name) && !leftOut(name) && !isExpendable(name));
      const faults = [
        ...(missing.size > 0 ? [`missing are ${listed([...missing])}`] : []),
        ...(misshapen.size > 0 ? [listed([...misshapen], "; ")] : []),
        ...(unused.length > 0 ? [`left over are ${listed(unused)}`] : []),
        ...(used.size + missing.size === 0 ? ["its target_modules name no linear layer of the model"] : []),
      ];
      if (faults.length === 0) return;
      throw new InputError(
        `model: the adapter of ${id} (${tensors.size} tensors) does not fit its adapter_config.json and the model: ${faults.join("; ")}; merge it in a copy (PEFT's merge_and_unload)`,
      );
    },
    get parameters() {
      return weights.parameters + [...used].reduce((sum, name) => sum + sizeOf(tensors.get(name) as StoredTensor), 0);
    },
  };
}

/** Puts adapters over weights, of which each batch has one: each is these weights with one of the adapters. */
function withChoice(weights: Weights, each: readonly Weights[], id: string): Weights {
  const uneven = new Set<string>();
  return {
    ...weights,
    lowRank: (name, dims): StoredChoice | undefined => {
      const parts = each.flatMap((one) => (one.lowRank(name, dims) as StoredLowRank | undefined) ?? []);
      const ranks = new Set(parts.map(({ a }) => a.dims[0]));
      if (ranks.size > 1 || (parts.length > 0 && parts.length < each.length)) uneven.add(name);
      if (parts.length === 0 || uneven.has(name)) return undefined;
      return { a: parts.map(({ a }) => a), b: parts.map(({ b }) => b), scales: parts.map(({ scale }) => scale) };
    },
    check: ({ fewerLayers = false, note = () => {} } = {}) => {
      for (const [i, one] of each.entries()) one.check({ fewerLayers, note: i === 0 ? note : () => {} });
      if (uneven.size === 0) return;
      throw new InputError(
        `model: the adapters of ${id} are not alike, as they have to be to be chosen from: ${listed([...uneven])} have a part in some only, or of other ranks; merge one in a copy (PEFT's merge_and_unload)`,
      );
    },
    get parameters() {
      return each.reduce((sum, one) => sum + one.parameters - weights.parameters, weights.parameters);
    },
  };
}

/** Where classes with a head hold the model (transformers' base_model_prefix); names under others are none of its. */
const places =
  "model bert roberta transformer albert deberta distilbert electra ernie gpt_neox gte new luke mpnet nomic_bert roformer"
    .split(" ")
    .map((word) => `${word}.`);

/** Finds what stands before a module's name in the adapter; undefined where the module is not there. */
const prefixOf = (modules: ReadonlySet<string>, name: string): string | undefined =>
  ["", ...places].find((place) => modules.has(place + name));

/** Finds where a class with a head holds the model, by the modules of an adapter. */
const placeOf = (modules: ReadonlySet<string>): string =>
  places.find((place) => [...modules].some((module) => module.startsWith(place))) ?? "";
