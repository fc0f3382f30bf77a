import { z } from "zod";

/** A tensor's type and size, from ONNX Runtime's `{ "float": [2, 16] }`. */
const tensorSchema = z.record(z.string(), z.array(z.number())).transform((tensor) => {
  const [[type, dims] = ["", []]] = Object.entries(tensor);
  return { type, dims };
});

/** A node that was run, with its provider (such as `CUDAExecutionProvider`) and the tensors that it worked on. */
const nodeSchema = z
  .object({
    cat: z.literal("Node"),
    name: z.string().endsWith("_kernel_time"),
    args: z.object({
      op_name: z.string(),
      provider: z.string(),
      input_type_shape: z.array(tensorSchema),
      output_type_shape: z.array(tensorSchema),
    }),
  })
  .transform(({ args }) => ({
    type: args.op_name,
    provider: args.provider,
    inputs: args.input_type_shape,
    outputs: args.output_type_shape,
  }));

type TensorShape = z.infer<typeof tensorSchema>;
type NodeRun = z.infer<typeof nodeSchema>;

/** Longest list of integers that counts as a shape, axis or index. */
const longestShape = 8;
const integers: readonly string[] = ["int64", "int32", "bool"];

/** Reads the nodes of ONNX Runtime's profile (JSON), in the order in which they ran. */
export function readProfile(json: string): NodeRun[] {
  const events = z.array(z.unknown()).parse(JSON.parse(json));
  return events.flatMap((event) => nodeSchema.safeParse(event).data ?? []);
}

/**
 * Describes the nodes that worked on data elsewhere than on the provider: `ArgMax int32[2,16] → int64[2,1]`. ONNX
 * Runtime places arithmetic on shapes (integers, at most a short list of them) on the processor on purpose, since the
 * results are needed there; that is no fallback. For the same reason the session option
 * `session.disable_cpu_ep_fallback` is of no use here: it refuses such graphs too.
 *
 * @param wanted The provider that was asked for, as the profile names it.
 * @param meant Descriptions of nodes that are left to the processor on purpose.
 */
export function fallbackNodes(nodes: readonly NodeRun[], wanted: string, meant: readonly RegExp[] = []): string[] {
  const off = nodes.filter(
    ({ provider, inputs, outputs }) => provider !== wanted && ![...inputs, ...outputs].every(isShapeArithmetic),
  );
  return [...new Set(off.map(describe))].filter((node) => !meant.some((kind) => kind.test(node)));
}

function isShapeArithmetic({ type, dims }: TensorShape): boolean {
  return integers.includes(type) && dims.length <= 1 && (dims[0] ?? 1) <= longestShape;
}

function describe({ type, inputs, outputs }: NodeRun): string {
  const text = (shapes: readonly TensorShape[]): string =>
    shapes.map((shape) => `${shape.type}[${shape.dims.join(",")}]`).join(", ");
  return `${type} ${text(inputs)} → ${text(outputs)}`;
}
