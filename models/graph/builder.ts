import { dirname, relative, sep } from "node:path";
import type { StoredTensor } from "../repository/safetensors.ts";
import {
  type Attribute,
  type ElementType,
  elementTypes,
  type GraphNode,
  type GraphValue,
  type Initializer,
  serializeModel,
} from "./onnx.ts";

/** ONNX Runtime's own operators. */
const contrib = "com.microsoft";
const contribOperators = new Set([
  "BiasGelu",
  "FastGelu",
  "FusedMatMul",
  "LinearAttention",
  "MatMulIntegerToFloat",
  "QuickGelu",
  "SkipSimplifiedLayerNormalization",
]);

/** Number formats in which a part of a graph computes. */
export interface Format {
  /** Type of floating-point values. */
  readonly float: "float" | "float16" | "bfloat16";
  /** Type that weights are rounded to before they become floats; absent where they are taken as they are. */
  readonly weights?: "float16" | "bfloat16";
  /** True where linear layers multiply 8-bit integers. */
  readonly int8: boolean;
}

/** Tokens of its text that a token attends to. */
export interface AttentionScope {
  /** Only itself and the tokens before it. */
  readonly causal: boolean;
  /** Only tokens at a distance below this; absent where distance does not matter. */
  readonly window?: number;
}

/** Single precision, as trained. */
export const fullPrecision: Format = Object.freeze({ float: "float", int8: false });

type Attributes = Readonly<Record<string, Attribute>>;

/**
 * Writes an operator by means of others, and returns its outputs: of one with several, those that our graphs take.
 * Returns nothing where the operator is to stay as it is.
 */
export type Lowering = (
  graph: GraphBuilder,
  inputs: readonly string[],
  attributes: Attributes,
) => readonly string[] | undefined;

/** The operators that a device's kernels lack, or are slow at, and how each is written there. */
export type Lowerings = Readonly<Record<string, Lowering>>;

/** Writes a graph node by node. A value is known by its name, which the functions return. */
export interface GraphBuilder {
  input(name: string, type: "int32" | "float", dims: readonly (number | string)[]): string;
  /** Adds a node and returns its only output. An empty name leaves an optional input out. */
  op(type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** Adds a node of several outputs and returns those whose indices are in `wanted`; the others are left out. */
  outputs(type: string, inputs: readonly string[], wanted: readonly number[], attributes?: Attributes): string[];
  /** Format in which the following nodes compute. */
  readonly format: Format;
  /** Returns the same graph, to be continued in another format. */
  in(format: Format): GraphBuilder;
  /** Casts a value to floats of the format. */
  asFloat(value: string): string;
  /** Adds a constant of floats of the format. */
  floats(values: readonly number[], dims?: readonly number[]): string;
  /** Adds a constant of 64-bit integers: shapes, axes, indices. */
  integers(values: readonly number[], dims?: readonly number[]): string;
  /** Adds a constant of 32-bit integers: positions and distances, with which all devices can compute. */
  counts(values: readonly number[], dims?: readonly number[]): string;
  /** Adds a constant of unsigned bytes. */
  bytes(values: readonly number[], dims?: readonly number[]): string;
  /** Tells whether an operator is written by means of others. */
  lowers(type: string): boolean;
  /** Makes a value once, however often it is asked for; the key identifies it. */
  once(key: string, make: () => string): string;
  /** Adds a stored tensor as floats of the format. It stays in its file, to which the graph points, if it lies there whole. */
  weight(tensor: StoredTensor): string;
  /** Returns the sizes of a value that `weight` gave; `undefined` for any other. */
  sizesOf(value: string): readonly number[] | undefined;
  /** Adds a stored tensor as 64-bit integers: indices of rows. It stays in its file, too. */
  indices(tensor: StoredTensor): string;
  /** Declares a value as the graph's output under `name`. */
  output(value: string, name: string, dims: readonly (number | string)[]): void;
  /** What tokens attend to in some layer, by any key; empty where in each they attend to the whole text. */
  readonly scopes: Map<string, AttentionScope>;
  /** Returns the model, and the folder from which ONNX Runtime finds the files of its weights. */
  serialize(): Promise<SerializedGraph>;
}

export interface SerializedGraph {
  readonly model: Uint8Array;
  readonly externalFolder?: string;
  /**
   * Rows of the smallest table that values of an input are looked up in, by the input's name. A processor refuses a row
   * that is not there; a GPU may take what it finds in its place.
   */
  readonly tableRows: ReadonlyMap<string, number>;
}

/** A stored value, and the types that it is cast to one after the other. */
interface Conversion {
  readonly stored: string;
  readonly types: readonly ElementType[];
}

/** Contents of a graph, which its views in several formats share. */
interface Contents {
  readonly nodes: GraphNode[];
  readonly inputs: GraphValue[];
  readonly outputs: GraphValue[];
  readonly constants: Initializer[];
  readonly stored: Map<StoredTensor, string>;
  /** Stored values in another type, by their names; the casts are written where they are first used. */
  readonly converted: Map<string, Conversion>;
  /** Sizes of stored values, by their names in the types in which they are used. */
  readonly sizes: Map<string, readonly number[]>;
  readonly tableRows: Map<string, number>;
  /** Values made once, by their keys. */
  readonly made: Map<string, string>;
  readonly scopes: Map<string, AttentionScope>;
  readonly lowerings: Lowerings;
  count: number;
}

/**
 * Creates an empty graph, to be written in full precision.
 * @param lowerings Operators that are to be written by means of others.
 */
export function createGraph(lowerings: Lowerings = {}): GraphBuilder {
  const lists = { nodes: [], inputs: [], outputs: [], constants: [] };
  const tables = { stored: new Map(), converted: new Map(), sizes: new Map(), tableRows: new Map() };
  return viewOf({ ...lists, ...tables, made: new Map(), scopes: new Map(), lowerings, count: 0 }, fullPrecision);
}

/** Writes the casts of a converted weight, before the first node that takes it whole. */
function writeConversion({ nodes, converted, made }: Contents, value: string): void {
  const conversion = converted.get(value);
  const key = `${value} written`;
  if (!conversion || made.has(key)) return;
  made.set(key, value);
  const { stored, types } = conversion;
  types.forEach((type, i) => {
    const input = i === 0 ? stored : `${value}.${i}`;
    const output = i + 1 === types.length ? value : `${value}.${i + 1}`;
    const attributes = { to: elementTypes[type] };
    nodes.push({ type: "Cast", domain: "", inputs: [input], outputs: [output], attributes });
  });
}

/** Notes how many rows a table has that an input's values are looked up in. */
function noteRows({ inputs, sizes, tableRows }: Contents, table: string, rows: string | undefined): void {
  const [size] = sizes.get(table) ?? [];
  const input = inputs.find(({ name }) => name === rows)?.name;
  if (size !== undefined && input !== undefined) tableRows.set(input, Math.min(size, tableRows.get(input) ?? size));
}

/** Adds constants; `asFloat` casts floats of single precision to the format's. */
function constantsOf(
  { constants }: Contents,
  fresh: () => string,
  asFloat: (value: string) => string,
): Pick<GraphBuilder, "floats" | "integers" | "counts" | "bytes"> {
  const constant = (type: Initializer["type"], dims: readonly number[], bytes: ArrayBufferLike): string => {
    const name = fresh();
    constants.push({ name, type, dims, content: { bytes: new Uint8Array(bytes) } });
    return name;
  };
  return {
    floats: (values, dims = [values.length]) => asFloat(constant("float", dims, Float32Array.from(values).buffer)),
    integers: (values, dims = [values.length]) => constant("int64", dims, BigInt64Array.from(values, BigInt).buffer),
    counts: (values, dims = [values.length]) => constant("int32", dims, Int32Array.from(values).buffer),
    bytes: (values, dims = [values.length]) => constant("uint8", dims, Uint8Array.from(values).buffer),
  };
}

function viewOf(contents: Contents, format: Format): GraphBuilder {
  const fresh = (): string => `v${contents.count++}`;
  const addNode = (type: string, inputs: readonly string[], outputs: string[], attributes: Attributes): void => {
    for (const input of inputs) writeConversion(contents, input);
    const domain = contribOperators.has(type) ? contrib : "";
    contents.nodes.push({ type, domain, inputs, outputs, attributes });
  };
  const op: GraphBuilder["op"] = (type, inputs, attributes = {}) => {
    const [first = "", ...others] = inputs;
    if (type === "Gather") noteRows(contents, first, others[0]);
    const table = type === "Gather" ? contents.converted.get(first) : undefined;
    // Rows are gathered as they are stored and then converted, so that no table is converted whole.
    if (table) return table.types.reduce(castTo, op(type, [table.stored, ...others], attributes));
    const lowered = contents.lowerings[type]?.(view, inputs, attributes)?.[0];
    if (lowered !== undefined) return lowered;
    const output = fresh();
    addNode(type, inputs, [output], attributes);
    return output;
  };
  const once = (key: string, make: () => string): string => {
    const value = contents.made.get(key) ?? make();
    contents.made.set(key, value);
    return value;
  };
  const storedName = (tensor: StoredTensor): string => {
    const name = contents.stored.get(tensor) ?? fresh();
    contents.stored.set(tensor, name);
    return name;
  };
  const castTo = (value: string, type: ElementType): string =>
    once(`${value} as ${type}`, () => op("Cast", [value], { to: elementTypes[type] }));
  const cast = (value: string): string => castTo(value, format.float);
  const view: GraphBuilder = {
    op,
    format,
    in: (other) => viewOf(contents, other),
    asFloat: cast,
    outputs: (type, inputs, wanted, attributes = {}) => {
      const lowered = contents.lowerings[type]?.(view, inputs, attributes);
      if (lowered) return [...lowered];
      const all = Array.from({ length: Math.max(...wanted) + 1 }, (_, i) => (wanted.includes(i) ? fresh() : ""));
      addNode(type, inputs, all, attributes);
      return wanted.map((i) => all[i]);
    },
    input: (name, type, dims) => {
      contents.inputs.push({ name, type, dims });
      return name;
    },
    ...constantsOf(contents, fresh, (value) => (format.float === "float" ? value : cast(value))),
    lowers: (type) => Object.hasOwn(contents.lowerings, type),
    once,
    indices: (tensor) => castTo(storedName(tensor), "int64"),
    weight: (tensor) => {
      const stored = storedName(tensor);
      const { weights = tensor.type, float } = format;
      const types = [weights, float].filter((type, i) => type !== (i === 0 ? tensor.type : weights));
      const name = types.length === 0 ? stored : once(`${stored} as ${types}`, fresh);
      if (types.length > 0) contents.converted.set(name, { stored, types });
      contents.sizes.set(name, tensor.dims);
      return name;
    },
    sizesOf: (value) => contents.sizes.get(value),
    output: (value, name, dims) => {
      addNode("Identity", [value], [name], {});
      contents.outputs.push({ name, type: "float", dims });
    },
    scopes: contents.scopes,
    serialize: async () => serialized(contents),
  };
  return view;
}

function serialized({ stored, constants, nodes, inputs, outputs, tableRows }: Contents): SerializedGraph {
  const folder = commonFolder([...stored.keys()].filter(({ bytes }) => bytes === undefined));
  const weights = [...stored].map(([tensor, name]) => toInitializer(tensor, name, folder ?? ""));
  const model = serializeModel({ nodes, inputs, outputs, initializers: [...constants, ...weights] });
  return { model, tableRows, ...(folder !== undefined && { externalFolder: folder }) };
}

/** Finds the innermost folder of all the tensors' files: ONNX Runtime takes no path that leads out of its folder. */
function commonFolder(tensors: readonly StoredTensor[]): string | undefined {
  const folders = tensors.map(({ file }) => dirname(file).split(sep));
  const [first] = folders;
  if (first === undefined) return undefined;
  const shared = first.findIndex((part, i) => folders.some((parts) => parts[i] !== part));
  return first.slice(0, shared < 0 ? first.length : shared).join(sep) || sep;
}

function toInitializer(tensor: StoredTensor, name: string, folder: string): Initializer {
  const { file, offset, length, type, dims, bytes } = tensor;
  return { name, type, dims, content: bytes ? { bytes } : { file: relative(folder, file), offset, length } };
}
