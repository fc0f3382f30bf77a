import protobuf, { type Writer } from "protobufjs/minimal.js";

/** Element types by ONNX's name, with their numbers in the format (onnx.proto3, TensorProto.DataType). */
export const elementTypes = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  double: 11,
  bfloat16: 16,
} as const;

export type ElementType = keyof typeof elementTypes;

/** A tensor of the graph: its bytes, or its place in a file. */
export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly number[];
  readonly content:
    | { readonly bytes: Uint8Array }
    | { readonly file: string; readonly offset: number; readonly length: number };
}

export type Attribute = number | string | readonly number[] | { readonly float: number };

export interface GraphNode {
  readonly type: string;
  /** Empty for the standard operators. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers are written as integers; `{ float }` marks a float. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

/** A graph's input or output; a string among its dims names a size that differs from call to call. */
export interface GraphValue {
  readonly name: string;
  readonly type: ElementType;
  readonly dims: readonly (number | string)[];
}

export interface Graph {
  readonly nodes: readonly GraphNode[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  readonly initializers: readonly Initializer[];
}

const irVersion = 10;
const opsets = [
  { domain: "", version: 23 },
  { domain: "com.microsoft", version: 1 },
];
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 } as const;
const externalLocation = 1;

/** How a value is written: a scalar of the format, or a message by its fields. */
type Content = "string" | "bytes" | "float" | "int32" | "int64" | Message;
/** Fields of a message by name, in the order of their numbers: one with several values, or one of which exactly one is given. */
interface Message {
  readonly [name: string]: { readonly id: number; readonly content: Content; readonly rule?: "repeated" | "chosen" };
}
type Value = string | number | Uint8Array | Values;
interface Values {
  readonly [name: string]: Value | readonly Value[] | undefined;
}

const field = (id: number, content: Content) => ({ id, content });
const repeated = (id: number, content: Content) => ({ id, content, rule: "repeated" as const });
const chosen = (id: number, content: Content) => ({ id, content, rule: "chosen" as const });

const entry: Message = { key: field(1, "string"), value: field(2, "string") };
const attribute: Message = {
  name: field(1, "string"),
  f: field(2, "float"),
  i: field(3, "int64"),
  s: field(4, "bytes"),
  ints: repeated(8, "int64"),
  type: field(20, "int32"),
};
const node: Message = {
  input: repeated(1, "string"),
  output: repeated(2, "string"),
  name: field(3, "string"),
  opType: field(4, "string"),
  attribute: repeated(5, attribute),
  domain: field(7, "string"),
};
const tensor: Message = {
  dims: repeated(1, "int64"),
  dataType: field(2, "int32"),
  name: field(8, "string"),
  rawData: field(9, "bytes"),
  externalData: repeated(13, entry),
  dataLocation: field(14, "int32"),
};
const dimension: Message = { size: chosen(1, "int64"), parameter: chosen(2, "string") };
const shape: Message = { dim: repeated(1, dimension) };
const tensorType: Message = { elemType: field(1, "int32"), shape: field(2, shape) };
const value: Message = { name: field(1, "string"), type: field(2, { tensorType: field(1, tensorType) }) };
/** Messages and fields of onnx.proto3 (ONNX 1.19), as far as our graphs need them. */
const model: Message = {
  irVersion: field(1, "int64"),
  producerName: field(2, "string"),
  graph: field(7, {
    node: repeated(1, node),
    name: field(2, "string"),
    initializer: repeated(5, tensor),
    input: repeated(11, value),
    output: repeated(12, value),
  }),
  opsetImport: repeated(8, { domain: field(1, "string"), version: field(2, "int64") }),
};

/** Wire types of the format: how many bytes a reader finds. */
const wire = { varint: 0, delimited: 2, fixed32: 5 } as const;
const wireOf = {
  string: wire.delimited,
  bytes: wire.delimited,
  float: wire.fixed32,
  int32: wire.varint,
  int64: wire.varint,
};

/** Writes the fields of a message that are given, as proto3 has them: numbers that repeat lie packed, and 0 and "" say themselves. */
function write(writer: Writer, message: Message, values: Values): Writer {
  for (const [name, { id, content, rule }] of Object.entries(message)) {
    const given = values[name];
    if (rule === "repeated") writeAll(writer, id, content, (given ?? []) as readonly Value[]);
    else if (given !== undefined && (rule === "chosen" || !isStandard(given as Value))) {
      writeOne(writer, id, content, given as Value);
    }
  }
  return writer;
}

const isStandard = (value: Value): boolean =>
  value === 0 || (value instanceof Uint8Array ? value.length === 0 : value === "");

const begin = (writer: Writer, id: number, type: number): Writer => writer.uint32((id << 3) | type);

function writeAll(writer: Writer, id: number, content: Content, all: readonly Value[]): void {
  if (content === "int64") {
    if (all.length === 0) return;
    const packed = begin(writer, id, wire.delimited).fork();
    for (const one of all) packed.int64(one as number);
    packed.ldelim();
  } else for (const one of all) writeOne(writer, id, content, one);
}

function writeOne(writer: Writer, id: number, content: Content, one: Value): void {
  if (typeof content === "object") write(begin(writer, id, wire.delimited).fork(), content, one as Values).ldelim();
  else (begin(writer, id, wireOf[content])[content] as (one: Value) => Writer)(one);
}

/** Serializes a graph as an ONNX model (IR 10, opset 23, ONNX Runtime's own operators in `com.microsoft`). */
export function serializeModel(graph: Graph): Uint8Array {
  const values = {
    irVersion,
    producerName: "pramana",
    opsetImport: opsets,
    graph: {
      name: "encoder",
      node: graph.nodes.map(toNode),
      initializer: graph.initializers.map(toTensor),
      input: graph.inputs.map(toValue),
      output: graph.outputs.map(toValue),
    },
  };
  const bytes = write(protobuf.Writer.create(), model, values).finish();
  // A small one lies in a pool of Node's, all of which would be copied for another thread.
  return bytes.byteLength < bytes.buffer.byteLength ? Uint8Array.from(bytes) : bytes;
}

function toNode(node: GraphNode, index: number): Values {
  return {
    name: `${node.type}_${index}`,
    opType: node.type,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...toAttribute(value) })),
  };
}

function toAttribute(value: Attribute): Values {
  if (typeof value === "number") return { i: value, type: attributeTypes.int };
  if (typeof value === "string") return { s: Buffer.from(value), type: attributeTypes.string };
  if ("float" in value) return { f: value.float, type: attributeTypes.float };
  return { ints: value, type: attributeTypes.ints };
}

function toTensor({ name, type, dims, content }: Initializer): Values {
  const tensor = { name, dims, dataType: elementTypes[type] };
  if ("bytes" in content) return { ...tensor, rawData: content.bytes };
  const { file, offset, length } = content;
  return {
    ...tensor,
    dataLocation: externalLocation,
    externalData: [
      { key: "location", value: file },
      { key: "offset", value: String(offset) },
      { key: "length", value: String(length) },
    ],
  };
}

function toValue({ name, type, dims }: GraphValue): Values {
  const dim = dims.map((size) => (typeof size === "number" ? { size } : { parameter: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
