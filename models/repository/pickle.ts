import { limits, seeLimits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import {
  callables,
  type Fail,
  isSequence,
  nameOf,
  type PickleValue,
  storageOf,
  storageTypes,
} from "./pickle-values.ts";

const newestProtocol = 4;

/** The state of reading: a stack of values, marks in it, and values that are kept by number. */
interface Reading {
  readonly bytes: Buffer;
  at: number;
  readonly stack: PickleValue[];
  readonly marks: number[];
  readonly memo: Map<number, PickleValue>;
  readonly fail: Fail;
}

/**
 * Reads a pickle of weights as data: its names stand for tensors and ordered dictionaries and nothing else, and no code of
 * its own is looked up or run. The operations are those of protocols 2 to 4 that torch.save writes (Python's
 * `pickletools` describes them).
 * @param fail reports what is damaged, or not of this kind
 * @returns the value, and the place of the first byte behind it
 */
export function readPickle(bytes: Buffer, start: number, fail: Fail): { value: PickleValue; end: number } {
  const reading: Reading = { bytes, at: start, stack: [], marks: [], memo: new Map(), fail };
  for (let steps = 0; steps < limits.pickleSteps; steps++) {
    const at = reading.at;
    const code = takeByte(reading);
    if (code === stop) return { value: pop(reading), end: reading.at };
    const operation = operations.get(code);
    if (operation === undefined)
      fail(`its pickle has the operation 0x${code.toString(16).padStart(2, "0")} at byte ${at}, which no weights need`);
    else operation(reading);
  }
  return fail(`its pickle has more than ${limits.pickleSteps} operations, ${seeLimits}`);
}

/** Returns where the next bytes begin, and goes behind them. */
function pass(reading: Reading, count: number): number {
  const { at, bytes, fail } = reading;
  if (count > bytes.length - at) fail(`its pickle goes on behind its ${bytes.length} bytes`);
  reading.at = at + count;
  return at;
}

const takeByte = (reading: Reading): number => reading.bytes[pass(reading, 1)];

function take(reading: Reading, count: number): Buffer {
  const at = pass(reading, count);
  return reading.bytes.subarray(at, at + count);
}

function pop({ stack, marks, fail }: Reading): PickleValue {
  if (stack.length <= (marks.at(-1) ?? 0)) fail("its pickle takes a value that is not there");
  return stack.pop() as PickleValue;
}

function top({ stack, marks, fail }: Reading): PickleValue {
  if (stack.length <= (marks.at(-1) ?? 0)) fail("its pickle takes a value that is not there");
  return stack.at(-1) as PickleValue;
}

function popMarked({ stack, marks, fail }: Reading): PickleValue[] {
  return stack.splice(marks.pop() ?? fail("its pickle takes a mark that is not there"));
}

function popSeveral(reading: Reading, count: number): PickleValue[] {
  return Array.from({ length: count }, () => pop(reading)).reverse();
}

const push =
  (read: (reading: Reading) => PickleValue) =>
  (reading: Reading): void =>
    void reading.stack.push(read(reading));
const tuple = (items: PickleValue[]): PickleValue => ({ kind: "tuple", items });
const text = (reading: Reading, length: number): string => take(reading, length).toString("utf8");
const keep = (reading: Reading, id: number): unknown => reading.memo.set(id, top(reading));
const recall = ({ memo, fail }: Reading, id: number): PickleValue => {
  const value = memo.get(id);
  return value === undefined ? fail(`its pickle takes the value ${id}, which it has not kept`) : value;
};

function setItems(reading: Reading, pairs: readonly PickleValue[]): void {
  const target = top(reading);
  const fits = target instanceof Map && pairs.length % 2 === 0;
  const into = fits ? target : reading.fail("its pickle puts entries into what is no dictionary");
  for (let i = 0; i < pairs.length; i += 2) into.set(pairs[i], pairs[i + 1]);
}

function addItems(reading: Reading, items: readonly PickleValue[]): void {
  const target = top(reading);
  const list = isSequence(target, "list") ? target : reading.fail("its pickle puts items into what is no list");
  for (const item of items) list.items.push(item);
}

/** A whole number of a few bytes, little-endian and signed. */
function longOf(bytes: Buffer): number | bigint {
  const digits = Buffer.from(bytes).reverse().toString("hex");
  const value = digits === "" ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${digits}`));
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}

function line(reading: Reading): string {
  const end = reading.bytes.indexOf("\n", reading.at);
  if (end < 0) reading.fail("its pickle ends within a name");
  const found = text(reading, end - reading.at);
  reading.at++;
  return found;
}

/** Only names that are known become values: none of another kind can be called, or lie anywhere. */
function named({ fail }: Reading, module: string, name: string): PickleValue {
  const full = `${module}.${name}`;
  if (callables.has(full) || storageTypes.has(full)) return { kind: "name", name: full };
  return fail(
    `its pickle asks for ${shown(full)}, which is neither a tensor nor an ordered dictionary, and is not loaded or run`,
  );
}

function namedFromStack(reading: Reading): PickleValue {
  const [module, name] = popSeveral(reading, 2);
  if (typeof module !== "string" || typeof name !== "string") return reading.fail("its pickle has a name of no text");
  return named(reading, module, name);
}

function call(reading: Reading): PickleValue {
  const [named, args] = popSeveral(reading, 2);
  const make = callables.get(nameOf(named) ?? "");
  if (make === undefined || !isSequence(args, "tuple")) return reading.fail("its pickle calls what cannot be called");
  return make(args.items, reading.fail);
}

/** A state dictionary has one attribute, the versions of its modules, from which no number follows. */
function build(reading: Reading): void {
  const state = pop(reading);
  const known = top(reading) instanceof Map && state instanceof Map;
  if (!known || [...state.keys()].some((key) => key !== "_metadata"))
    reading.fail("its pickle sets attributes other than _metadata of a dictionary");
}

const stop = 0x2e;
const operations: ReadonlyMap<number, (reading: Reading) => void> = new Map<number, (reading: Reading) => void>([
  [
    0x80,
    (r) => {
      const version = takeByte(r);
      if (version > newestProtocol)
        r.fail(`its pickle is of the protocol ${version}, known are those to ${newestProtocol}`);
    },
  ],
  // Frames tell how far one may read ahead.
  [0x95, (r) => void take(r, 8)],
  // Marks, tuples, lists, dictionaries.
  [0x28, (r) => void r.marks.push(r.stack.length)],
  [0x29, push(() => tuple([]))],
  [0x74, push((r) => tuple(popMarked(r)))],
  [0x85, push((r) => tuple(popSeveral(r, 1)))],
  [0x86, push((r) => tuple(popSeveral(r, 2)))],
  [0x87, push((r) => tuple(popSeveral(r, 3)))],
  [0x5d, push(() => ({ kind: "list", items: [] }))],
  [0x61, (r) => addItems(r, popSeveral(r, 1))],
  [0x65, (r) => addItems(r, popMarked(r))],
  [0x7d, push(() => new Map())],
  [0x73, (r) => setItems(r, popSeveral(r, 2))],
  [0x75, (r) => setItems(r, popMarked(r))],
  // None, truth values, numbers.
  [0x4e, push(() => null)],
  [0x88, push(() => true)],
  [0x89, push(() => false)],
  [0x4b, push((r) => takeByte(r))],
  [0x4d, push((r) => take(r, 2).readUInt16LE())],
  [0x4a, push((r) => take(r, 4).readInt32LE())],
  [0x8a, push((r) => longOf(take(r, takeByte(r))))],
  [0x47, push((r) => take(r, 8).readDoubleBE())],
  // Texts; the second and third are Python 2's.
  [0x58, push((r) => text(r, take(r, 4).readUInt32LE()))],
  [0x55, push((r) => text(r, takeByte(r)))],
  [0x54, push((r) => text(r, take(r, 4).readUInt32LE()))],
  [0x8c, push((r) => text(r, takeByte(r)))],
  // Values that are kept, and taken again.
  [0x71, (r) => void keep(r, takeByte(r))],
  [0x72, (r) => void keep(r, take(r, 4).readUInt32LE())],
  [0x94, (r) => void keep(r, r.memo.size)],
  [0x68, push((r) => recall(r, takeByte(r)))],
  [0x6a, push((r) => recall(r, take(r, 4).readUInt32LE()))],
  // Names, what is made of them, storages.
  [0x63, push((r) => named(r, line(r), line(r)))],
  [0x93, push(namedFromStack)],
  [0x52, push(call)],
  [0x62, build],
  [0x51, push((r) => storageOf(pop(r), r.fail))],
]);
