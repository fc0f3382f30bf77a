import { basename, dirname } from "node:path";
import { readTensorBytes, type StoredTensor } from "../safetensors.ts";
import { type Attribute, type Graph, type GraphValue, type Initializer, serializeModel } from "./onnx.ts";

/** ONNX Runtime's own operators. */
const contrib = "com.microsoft";
const contribOperators = new Set([
  "BiasGelu",
  "FastGelu",
  "FusedMatMul",
  "MultiHeadAttention",
  "QuickGelu",
  "SkipLayerNormalization",
]);

type Attributes = Readonly<Record<string, Attribute>>;

/** Writes a graph node by node. Values are named by the texts that the functions return. */
export interface GraphBuilder {
  input(name: string, type: "int32" | "float", dims: readonly (number | string)[]): string;
  /** Adds a node and returns its only output. An empty text leaves an optional input out. */
  op(type: string, inputs: readonly string[], attributes?: Attributes): string;
  /** A constant of 32-bit floats. */
  floats(values: readonly number[], dims?: readonly number[]): string;
  /** A constant of 64-bit integers: shapes, axes, indices. */
  integers(values: readonly number[], dims?: readonly number[]): string;
  /** A stored tensor as 32-bit floats. It stays in its file; the graph points at it. */
  weight(tensor: StoredTensor): string;
  /** Declares a value as the graph's output under `name`. */
  output(value: string, name: string, dims: readonly (number | string)[]): void;
  /**
   * The model, and the folder in which ONNX Runtime finds its external weights. That is the folder with the most
   * bytes; the few tensors that lie elsewhere (a Dense module's, say) are copied into the model.
   */
  serialize(): Promise<{ model: Uint8Array; externalFolder?: string }>;
}

export function createGraph(): GraphBuilder {
  const graph = { nodes: [] as Graph["nodes"][number][], inputs: [] as GraphValue[], outputs: [] as GraphValue[] };
  const constants: Initializer[] = [];
  const stored = new Map<StoredTensor, string>();
  let count = 0;
  const fresh = (): string => `v${count++}`;

  const op: GraphBuilder["op"] = (type, inputs, attributes = {}) => {
    const output = fresh();
    const domain = contribOperators.has(type) ? contrib : "";
    graph.nodes.push({ type, domain, inputs, outputs: [output], attributes });
    return output;
  };
  const constant = (type: "float" | "int64", dims: readonly number[], bytes: ArrayBufferLike): string => {
    const name = fresh();
    constants.push({ name, type, dims, content: { bytes: new Uint8Array(bytes) } });
    return name;
  };
  const asFloats = new Map<StoredTensor, string>();
  return {
    op,
    input: (name, type, dims) => {
      graph.inputs.push({ name, type, dims });
      return name;
    },
    floats: (values, dims = [values.length]) => constant("float", dims, Float32Array.from(values).buffer),
    integers: (values, dims = [values.length]) => constant("int64", dims, BigInt64Array.from(values, BigInt).buffer),
    weight: (tensor) => {
      const known = asFloats.get(tensor);
      if (known !== undefined) return known;
      const name = fresh();
      stored.set(tensor, name);
      const value = tensor.type === "float" ? name : op("Cast", [name], { to: 1 });
      asFloats.set(tensor, value);
      return value;
    },
    output: (value, name, dims) => {
      graph.nodes.push({ type: "Identity", domain: "", inputs: [value], outputs: [name], attributes: {} });
      graph.outputs.push({ name, type: "float", dims });
    },
    serialize: async () => {
      const folder = largestFolder([...stored.keys()]);
      const weights = await Promise.all([...stored].map(([tensor, name]) => toInitializer(tensor, name, folder)));
      const model = serializeModel({ ...graph, initializers: [...constants, ...weights] });
      return folder === undefined ? { model } : { model, externalFolder: folder };
    },
  };
}

function largestFolder(tensors: readonly StoredTensor[]): string | undefined {
  const bytes = new Map<string, number>();
  for (const { file, length } of tensors) bytes.set(dirname(file), (bytes.get(dirname(file)) ?? 0) + length);
  return [...bytes].sort((a, b) => b[1] - a[1])[0]?.[0];
}

async function toInitializer(tensor: StoredTensor, name: string, folder: string | undefined): Promise<Initializer> {
  const { file, offset, length, type, dims } = tensor;
  const inFolder = dirname(file) === folder;
  const content = inFolder ? { file: basename(file), offset, length } : { bytes: await readTensorBytes(tensor) };
  return { name, type, dims, content };
}
