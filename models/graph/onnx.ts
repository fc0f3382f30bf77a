import protobuf from "protobufjs";

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

const field = (id: number, type: string, rule?: "repeated") => (rule ? { id, type, rule } : { id, type });

/** Messages and fields of onnx.proto3 (ONNX 1.19), as far as our graphs need them. */
const schema = protobuf.Root.fromJSON({
  nested: {
    Entry: { fields: { key: field(1, "string"), value: field(2, "string") } },
    Attribute: {
      fields: {
        name: field(1, "string"),
        f: field(2, "float"),
        i: field(3, "int64"),
        s: field(4, "bytes"),
        ints: field(8, "int64", "repeated"),
        type: field(20, "int32"),
      },
    },
    Node: {
      fields: {
        input: field(1, "string", "repeated"),
        output: field(2, "string", "repeated"),
        name: field(3, "string"),
        opType: field(4, "string"),
        attribute: field(5, "Attribute", "repeated"),
        domain: field(7, "string"),
      },
    },
    Tensor: {
      fields: {
        dims: field(1, "int64", "repeated"),
        dataType: field(2, "int32"),
        name: field(8, "string"),
        rawData: field(9, "bytes"),
        externalData: field(13, "Entry", "repeated"),
        dataLocation: field(14, "int32"),
      },
    },
    Dimension: {
      oneofs: { value: { oneof: ["size", "parameter"] } },
      fields: { size: field(1, "int64"), parameter: field(2, "string") },
    },
    Shape: { fields: { dim: field(1, "Dimension", "repeated") } },
    TensorType: { fields: { elemType: field(1, "int32"), shape: field(2, "Shape") } },
    Type: { fields: { tensorType: field(1, "TensorType") } },
    Value: { fields: { name: field(1, "string"), type: field(2, "Type") } },
    Graph: {
      fields: {
        node: field(1, "Node", "repeated"),
        name: field(2, "string"),
        initializer: field(5, "Tensor", "repeated"),
        input: field(11, "Value", "repeated"),
        output: field(12, "Value", "repeated"),
      },
    },
    Opset: { fields: { domain: field(1, "string"), version: field(2, "int64") } },
    Model: {
      fields: {
        irVersion: field(1, "int64"),
        producerName: field(2, "string"),
        graph: field(7, "Graph"),
        opsetImport: field(8, "Opset", "repeated"),
      },
    },
  },
});
const modelMessage = schema.lookupType("Model");

/** Serializes a graph as an ONNX model (IR 10, opset 23, ONNX Runtime's own operators in `com.microsoft`). */
export function serializeModel(graph: Graph): Uint8Array {
  const message = {
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
  return modelMessage.encode(modelMessage.fromObject(message)).finish();
}

function toNode(node: GraphNode, index: number): object {
  return {
    name: `${node.type}_${index}`,
    opType: node.type,
    domain: node.domain,
    input: node.inputs,
    output: node.outputs,
    attribute: Object.entries(node.attributes).map(([name, value]) => ({ name, ...toAttribute(value) })),
  };
}

function toAttribute(value: Attribute): object {
  if (typeof value === "number") return { i: value, type: attributeTypes.int };
  if (typeof value === "string") return { s: Buffer.from(value), type: attributeTypes.string };
  if ("float" in value) return { f: value.float, type: attributeTypes.float };
  return { ints: value, type: attributeTypes.ints };
}

function toTensor({ name, type, dims, content }: Initializer): object {
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

function toValue({ name, type, dims }: GraphValue): object {
  const dim = dims.map((size) => (typeof size === "number" ? { size } : { parameter: size }));
  return { name, type: { tensorType: { elemType: elementTypes[type], shape: { dim } } } };
}
