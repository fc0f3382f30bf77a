import { shown } from "../../datasets/shown.ts";
import type { ElementType } from "../graph/onnx.ts";

/** Numbers in a file, one after the other, that tensors are views of. */
export interface Storage {
  readonly kind: "storage";
  readonly key: string;
  readonly type: ElementType;
  /** Number of elements. */
  readonly count: number;
}

/** A view of a storage. Offset and strides count elements. */
export interface View {
  readonly kind: "tensor";
  readonly storage: Storage;
  readonly offset: number;
  readonly dims: readonly number[];
  readonly strides: readonly number[];
}

/** All that a pickle of weights may hold. A dictionary is a Map, ordered or not. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Storage
  | View
  | Dictionary
  | { readonly kind: "tuple" | "list"; readonly items: PickleValue[] }
  | { readonly kind: "name"; readonly name: string };
type Dictionary = Map<PickleValue, PickleValue>;
export type Fail = (reason: string) => never;

/** Classes of storages by their names; a tensor on a GPU names the same ones. */
export const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ["torch.FloatStorage", "float"],
  ["torch.HalfStorage", "float16"],
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.LongStorage", "int64"],
  ["torch.IntStorage", "int32"],
  ["torch.CharStorage", "int8"],
  ["torch.ByteStorage", "uint8"],
  ["torch.BoolStorage", "bool"],
]);
/** Tells whether a value is a tuple, or a list. */
export function isSequence(
  value: PickleValue | undefined,
  kind: "tuple" | "list",
): value is { kind: "tuple" | "list"; items: PickleValue[] } {
  return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

/** Returns the name that a value is; undefined where it is none. */
export const nameOf = (value: PickleValue | undefined): string | undefined =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "name" ? value.name : undefined;

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** Reads `("storage", class, key, device, number of elements)`; the older form ends with a view, which none has. */
export function storageOf(found: PickleValue, fail: Fail): PickleValue {
  const items = isSequence(found, "tuple") ? found.items : [];
  const [tag, named, key, device, count, view = null] = items;
  const type = storageTypes.get(nameOf(named) ?? "");
  const known = tag === "storage" && type !== undefined && typeof key === "string" && typeof device === "string";
  if (!known || !isCount(count) || view !== null || items.length > 6)
    return fail("its pickle has a storage that is not understood");
  return { kind: "storage", key, type, count };
}

/** Most dimensions of a tensor, as in PyTorch. */
const mostDims = 64;
const countsOf = (value: PickleValue | undefined): number[] | undefined =>
  isSequence(value, "tuple") && value.items.length <= mostDims && value.items.every(isCount) ? value.items : undefined;
const isEmpty = (value: PickleValue | undefined): boolean => value instanceof Map && value.size === 0;

/** Reads the arguments of a tensor: storage, offset, sizes, strides, whether it has a gradient, hooks, marks such as "negated". */
function viewOf(args: readonly PickleValue[], fail: Fail): PickleValue {
  const [storage, offset, sizes, steps, , hooks, marks = null] = args;
  const dims = countsOf(sizes);
  const strides = countsOf(steps);
  const stored = typeof storage === "object" && storage !== null && "kind" in storage && storage.kind === "storage";
  if (!stored || !isCount(offset) || dims === undefined || strides?.length !== dims.length)
    return fail("its pickle has a tensor that is not understood");
  if ((hooks !== undefined && !isEmpty(hooks)) || (marks !== null && !isEmpty(marks)) || args.length > 7)
    return fail("its pickle has a tensor with hooks or marks, which are not understood");
  return { kind: "tensor", storage, offset, dims, strides };
}

const isTensor = (value: PickleValue | undefined): value is View =>
  typeof value === "object" && value !== null && "kind" in value && value.kind === "tensor";

/** Python 2 wrote the entries of an ordered dictionary as its argument, a list of lists of two. */
function orderedOf(args: readonly PickleValue[], fail: Fail): PickleValue {
  const [entries] = args;
  if (args.length === 0) return new Map();
  const pairs = args.length === 1 && isSequence(entries, "list") ? entries.items : [null];
  return new Map(
    pairs.map((pair) => {
      const known = isSequence(pair, "list") || isSequence(pair, "tuple");
      if (!known || pair.items.length !== 2) return fail("its pickle has an ordered dictionary that is not understood");
      return [pair.items[0], pair.items[1]];
    }),
  );
}

const parameterOf = ([tensor, , hooks]: readonly PickleValue[], fail: Fail): PickleValue =>
  isTensor(tensor) && isEmpty(hooks) ? tensor : fail("its pickle has a parameter that is not understood");

/** What a pickle may call, and what is made instead of calling it. */
export const callables: ReadonlyMap<string, (args: readonly PickleValue[], fail: Fail) => PickleValue> = new Map([
  ["collections.OrderedDict", orderedOf],
  ["torch._utils._rebuild_tensor", viewOf],
  ["torch._utils._rebuild_tensor_v2", viewOf],
  ["torch._utils._rebuild_parameter", parameterOf],
]);

/**
 * Returns the tensors of a state dictionary by their names.
 * @param fail reports what is none
 */
export function viewsOf(value: PickleValue, fail: Fail): ReadonlyMap<string, View> {
  if (!(value instanceof Map)) return fail("its pickle is no dictionary of tensors by their names");
  return new Map(
    [...value].map(([name, tensor]) => {
      if (typeof name !== "string") return fail("its pickle has a tensor whose name is no text");
      return [
        name,
        isTensor(tensor) ? tensor : fail(`its entry ${shown(name)} is no tensor; save the state_dict alone`),
      ];
    }),
  );
}

/** Returns the texts of a list. */
export function textsOf(value: PickleValue, fail: Fail): readonly string[] {
  const items = isSequence(value, "list") ? value.items : [null];
  return items.map((item) => (typeof item === "string" ? item : fail("its list of storages is not understood")));
}
