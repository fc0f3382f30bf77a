import { describe, expect, it } from "vitest";
import { fallbackNodes, readProfile } from "./placement.ts";

type Shapes = readonly Readonly<Record<string, readonly number[]>>[];

/** Makes a node's event as ONNX Runtime 1.30 writes it. */
const event = (type: string, provider: string, inputs: Shapes, outputs: Shapes, kind = "kernel_time") => ({
  cat: "Node",
  pid: 2714,
  tid: 2714,
  dur: 4,
  ts: 1,
  ph: "X",
  name: `${type}_1_${kind}`,
  args: {
    thread_scheduling_stats: "",
    op_name: type,
    provider,
    node_index: "4",
    input_type_shape: inputs,
    output_type_shape: outputs,
  },
});
const cpu = "CPUExecutionProvider";
const cuda = "CUDAExecutionProvider";
const fallbacks = (...events: readonly object[]) => fallbackNodes(readProfile(JSON.stringify(events)), cuda);

describe("ONNX Runtime's profile", () => {
  it("is read node by node; other events are left out", () => {
    const session = { cat: "Session", name: "model_loading_array", args: {}, dur: 1 };
    const fence = { ...event("Gather", cpu, [], []), name: "Gather_1_fence_before" };
    const nodes = readProfile(
      JSON.stringify([session, fence, event("Gather", cuda, [{ float: [600, 48] }], [{ float: [2, 4, 48] }])]),
    );
    expect(nodes).toEqual([
      {
        type: "Gather",
        provider: cuda,
        inputs: [{ type: "float", dims: [600, 48] }],
        outputs: [{ type: "float", dims: [2, 4, 48] }],
      },
    ]);
  });
});

describe("nodes that fell back to the processor", () => {
  it("are none where the provider that was asked for ran everything", () => {
    expect(fallbacks(event("MultiHeadAttention", cuda, [{ float: [2, 16, 48] }], [{ float: [2, 16, 48] }]))).toEqual(
      [],
    );
  });

  // The four that the provider of 1.30 leaves to the processor in the graphs of the decoder families.
  it.each([
    ["Squeeze", [{ int64: [1] }, { int64: [1] }], [{ int64: [] }]],
    ["Concat", [{ int64: [2] }, { int64: [1] }, { int64: [1] }], [{ int64: [4] }]],
    ["Add", [{ int64: [1] }, { int64: [1] }], [{ int64: [1] }]],
    ["Gather", [{ int64: [3] }, { int64: [] }], [{ int64: [] }]],
  ] satisfies [string, Shapes, Shapes][])("%s of shapes is none", (type, inputs, outputs) => {
    expect(fallbacks(event(type, cpu, inputs, outputs))).toEqual([]);
  });

  it.each([
    ["ArgMax", [{ int32: [2, 16] }], [{ int64: [2, 1] }], "ArgMax int32[2,16] → int64[2,1]"],
    ["MatMul", [{ float: [2] }, { float: [2, 2] }], [{ float: [2] }], "MatMul float[2], float[2,2] → float[2]"],
    ["Range", [{ int64: [] }], [{ int64: [16] }], "Range int64[] → int64[16]"],
    ["Mul", [{ float16: [] }, { float16: [] }], [{ float16: [] }], "Mul float16[], float16[] → float16[]"],
  ] satisfies [string, Shapes, Shapes, string][])("%s of data is one", (type, inputs, outputs, described) => {
    expect(fallbacks(event(type, cpu, inputs, outputs))).toEqual([described]);
  });

  it("are told once each", () => {
    const node = event("ArgMax", cpu, [{ int32: [2, 16] }], [{ int64: [2, 1] }]);
    expect(fallbacks(node, node)).toHaveLength(1);
  });

  it("are not those that are meant to be there", () => {
    const nodes = readProfile(
      JSON.stringify(["Sin", "Tanh"].map((type) => event(type, cpu, [{ float: [600, 48] }], [{ float: [600, 48] }]))),
    );
    expect(fallbackNodes(nodes, cuda, [/^Sin float\[/])).toEqual(["Tanh float[600,48] → float[600,48]"]);
  });
});
