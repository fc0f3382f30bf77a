import { z } from "zod";

/** A tensor's type and size, as ONNX Runtime's profile has it: `{ "float": [2, 16] }`. */
const tensorSchema = z.record(z.string(), z.array(z.number()));
const nodeSchema = z.object({
  cat: z.literal("Node"),
  name: z.string().endsWith("_kernel_time"),
  args: z.object({
    op_name: z.string(),
    provider: z.string(),
    input_type_shape: z.array(tensorSchema),
    output_type_shape: z.array(tensorSchema),
  }),
});

/** A node that was run: by which provider, on what. */
export interface NodeRun {
  readonly type: string;
  /** `CPUExecutionProvider`, `CUDAExecutionProvider`. */
  readonly provider: string;
  readonly inputs: readonly TensorShape[];
  readonly outputs: readonly TensorShape[];
}

export interface TensorShape {
  readonly type: string;
  readonly dims: readonly number[];
}

/** Longest list of integers that counts as a shape, axis or index. */
const longestShape = 8;
const integers: readonly string[] = ["int64", "int32", "bool"];

/** The nodes of ONNX Runtime's profile (JSON), in the order they ran. */
export function readProfile(json: string): NodeRun[] {
  const events: unknown = JSON.parse(json);
  return z
    .array(z.unknown())
    .parse(events)
    .flatMap((event) => {
      const { data } = nodeSchema.safeParse(event);
      if (data === undefined) return [];
      const { op_name: type, provider, input_type_shape, output_type_shape } = data.args;
      return [{ type, provider, inputs: input_type_shape.map(toShape), outputs: output_type_shape.map(toShape) }];
    });
}

function toShape(tensor: Readonly<Record<string, readonly number[]>>): TensorShape {
  const [[type, dims] = ["", []]] = Object.entries(tensor);
  return { type, dims };
}

/**
 * The nodes that worked on data elsewhere than on the provider, described: `ArgMax int32[2,16] → int64[2,1]`. ONNX Runtime places
 * arithmetic on shapes (integers, at most a short list of them) on the processor on purpose, since their results are
 * needed there; that is no fallback. It is also why the session option `session.disable_cpu_ep_fallback` is of no use
 * here: it refuses such graphs too.
 *
 * @param wanted The provider that was asked for, as the record names it.
 */
export function fallbackNodes(nodes: readonly NodeRun[], wanted: string): string[] {
  const off = nodes.filter(
    ({ provider, inputs, outputs }) => provider !== wanted && ![...inputs, ...outputs].every(isShapeArithmetic),
  );
  return [...new Set(off.map(describe))];
}

function isShapeArithmetic({ type, dims }: TensorShape): boolean {
  return integers.includes(type) && dims.length <= 1 && (dims[0] ?? 1) <= longestShape;
}

function describe({ type, inputs, outputs }: NodeRun): string {
  const text = (shapes: readonly TensorShape[]): string =>
    shapes.map((shape) => `${shape.type}[${shape.dims.join(",")}]`).join(", ");
  return `${type} ${text(inputs)} → ${text(outputs)}`;
}
