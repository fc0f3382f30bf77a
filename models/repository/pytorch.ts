import { type FileHandle, open, realpath } from "node:fs/promises";
import { InputError } from "../../datasets/errors.ts";
import { limits, seeLimits, sizeText } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { type Place, storedPlaces } from "../../datasets/zip.ts";
import { readPickle } from "./pickle.ts";
import { type Fail, type PickleValue, type Storage, textsOf, type View, viewsOf } from "./pickle-values.ts";
import { elementBytes, type StoredTensor } from "./safetensors.ts";

/** A file of weights by its pickle: the tensors, and where their storages lie. */
interface Contents {
  readonly views: ReadonlyMap<string, View>;
  /** Places by the storages' keys. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A file that is open. */
interface Opened {
  readonly path: string;
  readonly handle: FileHandle;
  readonly size: number;
  readonly fail: Fail;
}

/**
 * Reads the tensors of a file that torch.save wrote, without running its pickle: a zip archive, or, before PyTorch 1.6, a
 * stream of pickles with the numbers behind them. Tensors that lie in the file in their own order stay there; others, such
 * as transposed ones, are put into it.
 * @returns the tensors by their names
 * @throws InputError with file and reason when the file is damaged, or holds anything but tensors
 */
export async function readPickledTensors(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const file = await realpath(path);
  const fail = (reason: string): never => {
    throw new InputError(
      `model: ${path} is not a file of PyTorch's weights that is read: ${reason}; fetch it again, or convert it with save_pretrained, which writes safetensors`,
    );
  };
  const handle = await open(file);
  try {
    const opened = { path, handle, size: (await handle.stat()).size, fail };
    const { views, places } = await readContents(opened);
    checkStorages(views, places, fail);
    return await storedTensors(views, places, file, opened);
  } finally {
    await handle.close();
  }
}

const zipSignature = "PK\x03\x04";
const tarSignature = { at: 257, text: "ustar" };

async function readContents(opened: Opened): Promise<Contents> {
  const start = (await readAt(opened, { offset: 0, length: Math.min(512, opened.size) })).toString("latin1");
  if (start.startsWith(zipSignature)) return readZip(opened);
  if (start.startsWith("\x80")) return readStream(opened);
  if (start.startsWith(tarSignature.text, tarSignature.at))
    return opened.fail("it is a tar archive, the form of PyTorch before 0.2");
  return opened.fail("it is neither a zip archive nor a pickle");
}

async function readAt({ handle, fail }: Opened, { offset, length }: Place): Promise<Buffer> {
  const bytes = Buffer.from(new ArrayBuffer(length));
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, offset + filled);
    if (bytesRead === 0) fail(`it ends at byte ${offset + filled}`);
    filled += bytesRead;
  }
  return bytes;
}

/** Versions of the archive that PyTorch reads. */
const newestVersion = 10;

/** Reads the form since 1.6: `NAME/data.pkl`, and `NAME/data/KEY` for each storage. */
async function readZip(opened: Opened): Promise<Contents> {
  const { path, fail } = opened;
  const files = await storedPlaces({ path, name: `model: ${path}` });
  const pickles = [...files.keys()].filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickles.length !== 1) fail(`it has ${pickles.length} files data.pkl in a folder, expected one`);
  const folder = pickles[0].slice(0, -"data.pkl".length);
  const small = async (name: string): Promise<string | undefined> => {
    const place = files.get(folder + name);
    return place && (await readAt(opened, { ...place, length: Math.min(place.length, 32) })).toString().trim();
  };
  const order = (await small("byteorder")) ?? "little";
  if (order !== "little") fail(`its byte order is ${shown(order)}, expected little`);
  const version = (await small("version")) ?? (await small(".data/version")) ?? "";
  if (!/^\d{1,3}$/.test(version) || Number(version) > newestVersion)
    fail(`its version is "${shown(version)}", known are those to ${newestVersion}`);
  const place = files.get(pickles[0]) as Place;
  if (place.length > limits.pickle)
    fail(`its pickle has ${place.length} bytes, at most ${sizeText(limits.pickle)} are read`);
  const { value, end } = readPickle(await readAt(opened, place), 0, fail);
  if (end !== place.length) fail(`its pickle ends at byte ${end} of ${place.length}`);
  const data = [...files].filter(([name]) => name.startsWith(`${folder}data/`));
  const places = new Map(data.map(([name, where]) => [name.slice(folder.length + "data/".length), where]));
  return { views: viewsOf(value, fail), places };
}

const magicNumber = 0x1950a86a20f9469cfc6cn;
const streamProtocol = 1001;
const countBytes = 8;

/**
 * Reads the form before 1.6: five pickles (a number that marks the form, its version, facts on the machine, the tensors,
 * the keys of the storages), then each storage in that order, its number of elements (8 bytes) before it.
 */
async function readStream(opened: Opened): Promise<Contents> {
  const { size, fail } = opened;
  // A pickle that goes on behind them is longer than the limit, or the file was cut off.
  const bytes = await readAt(opened, { offset: 0, length: Math.min(size, limits.pickle) });
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, at, fail);
    at = end;
    return value;
  };
  if (next() !== magicNumber) fail("it is a pickle, but not one of torch.save");
  if (next() !== streamProtocol) fail(`its form has another version than ${streamProtocol}`);
  const machine = next();
  if (!(machine instanceof Map) || machine.get("little_endian") !== true) fail("its byte order is not little");
  const views = viewsOf(next(), fail);
  const keys = textsOf(next(), fail);
  const storages = new Map([...views.values()].map(({ storage }) => [storage.key, storage]));
  const places = new Map<string, Place>();
  for (const key of keys) {
    const storage = storages.get(key) ?? fail(`no tensor takes its storage ${shown(key)}`);
    if (places.has(key)) fail(`its storage ${shown(key)} is there twice`);
    if (at + countBytes > size) fail(`it ends at byte ${size}, before its storage ${shown(key)}`);
    const count = Number((await readAt(opened, { offset: at, length: countBytes })).readBigInt64LE());
    if (count !== storage.count)
      fail(`its storage ${shown(key)} has ${count} elements, its pickle says ${storage.count}`);
    const place = { offset: at + countBytes, length: count * elementBytes[storage.type] };
    at = place.offset + place.length;
    if (at > size) fail(`it ends at byte ${size}, its storage ${shown(key)} at ${at}`);
    places.set(key, place);
  }
  if (at !== size) fail(`its storages end at byte ${at} of ${size}`);
  return { views, places };
}

/** Checks that each storage is there, as large as its tensors say, and of one type. */
function checkStorages(
  views: ReadonlyMap<string, View>,
  places: ReadonlyMap<string, Place>,
  fail: (reason: string) => never,
): void {
  const types = new Map<string, Storage["type"]>();
  for (const { storage } of views.values()) {
    const { key, type, count } = storage;
    const { length } = places.get(key) ?? fail(`its storage ${shown(key)} is not there`);
    const bytes = count * elementBytes[type];
    if (bytes !== length) fail(`its storage ${shown(key)} takes ${bytes} bytes, its place has ${length}`);
    if ((types.get(key) ?? type) !== type) fail(`its storage ${shown(key)} is of two types`);
    types.set(key, type);
  }
}

/** Number of elements from the first to the last that a tensor takes of its storage. */
const spanOf = ({ dims, strides }: View): number =>
  dims.includes(0) ? 0 : dims.reduce((span, dim, i) => span + (dim - 1) * strides[i], 1);

const sizeOf = (dims: readonly number[]): number =>
  dims.includes(0) ? 0 : dims.reduce((product, dim) => product * dim, 1);

/** Tells whether the elements lie one after the other, the last dimension's next to each other. */
function isInOrder({ dims, strides }: View): boolean {
  if (dims.includes(0)) return true;
  let expected = 1;
  return dims.reduceRight((ordered, dim, i) => {
    const fits = dim === 1 || strides[i] === expected;
    expected *= dim;
    return ordered && fits;
  }, true);
}

async function storedTensors(
  views: ReadonlyMap<string, View>,
  places: ReadonlyMap<string, Place>,
  file: string,
  opened: Opened,
): Promise<Map<string, StoredTensor>> {
  const { fail, size } = opened;
  const tensors = new Map<string, StoredTensor>();
  const most = Math.min(limits.reorderedWeights, size);
  let reordered = 0;
  for (const [name, view] of views) {
    const { storage, dims, offset } = view;
    const tensor = `tensor ${shown(name)}`;
    const width = elementBytes[storage.type];
    const span = spanOf(view);
    if (offset + span > storage.count)
      fail(`${tensor} ends at element ${offset + span} of its storage, which has ${storage.count}`);
    const length = sizeOf(dims) * width;
    const place = { offset: (places.get(storage.key) as Place).offset + offset * width, length };
    const stored = { name, file, ...place, type: storage.type, dims };
    if (isInOrder(view)) {
      tensors.set(name, stored);
      continue;
    }
    // What is read and what is made of it counts, so that no few bytes of a file stand for much.
    reordered += Math.max(length, span * width);
    if (reordered > most)
      fail(
        `its tensors up to ${shown(name)} take ${reordered} bytes to put in order, at most ${most} are, ${seeLimits}`,
      );
    const bytes = inOrder(await readAt(opened, { ...place, length: span * width }), view, width);
    tensors.set(name, { ...stored, bytes });
  }
  return tensors;
}

const arrays = { 1: Uint8Array, 2: Uint16Array, 4: Uint32Array, 8: BigUint64Array };

/**
 * Puts the elements of a view into their own order.
 * @param source from the view's first element on
 */
function inOrder(source: Buffer, { dims, strides }: View, width: number): Uint8Array {
  const Elements = arrays[width as keyof typeof arrays];
  const from = new Elements(source.buffer as ArrayBuffer);
  const into = new Elements(sizeOf(dims));
  const place = dims.map(() => 0);
  let at = 0;
  for (let i = 0; i < into.length; i++) {
    into[i] = from[at];
    for (let d = dims.length - 1; d >= 0; d--) {
      at += strides[d];
      if (++place[d] < dims[d]) break;
      at -= dims[d] * strides[d];
      place[d] = 0;
    }
  }
  return new Uint8Array(into.buffer);
}
