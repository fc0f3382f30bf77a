import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { GraphBuilder } from "./builder.ts";

type Activation = (graph: GraphBuilder, x: string) => string;

const unary =
  (type: string, attributes: Readonly<Record<string, number>> = {}): Activation =>
  (graph, x) =>
    graph.op(type, [x], Object.fromEntries(Object.entries(attributes).map(([key, float]) => [key, { float }])));
const clip =
  (from: number, to: number): Activation =>
  (graph, x) =>
    graph.op("Clip", [x, graph.floats([from], []), graph.floats([to], [])]);
const identity: Activation = (_, x) => x;
const relu = unary("Relu");
const relu6 = clip(0, 6);
const hardSwish = unary("HardSwish");
const mish = unary("Mish");
const sigmoid = unary("Sigmoid");
const tanh = unary("Tanh");
const exactGelu: Activation = (graph, x) => graph.op("Gelu", [x]);
const tanhGelu: Activation = (graph, x) => graph.op("Gelu", [x], { approximate: "tanh" });
const clippedGelu: Activation = (graph, x) => clip(-10, 10)(graph, exactGelu(graph, x));
const silu = unary("QuickGelu", { alpha: 1 });
const leakyRelu = unary("LeakyRelu", { alpha: 0.01 });

const squaredRelu: Activation = (graph, x) => {
  const positive = relu(graph, x);
  return graph.op("Mul", [positive, positive]);
};

/** The distribution function of a normal distribution, as in MEGA (Ma et al. 2022). */
const laplace: Activation = (graph, x) => {
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: it has these six digits
  const [mean, deviation] = [0.707107, 0.282095];
  const shifted = graph.op("Sub", [x, graph.floats([mean], [])]);
  const scaled = graph.op("Div", [shifted, graph.floats([deviation * Math.SQRT2], [])]);
  const sum = graph.op("Add", [graph.op("Erf", [scaled]), graph.floats([1], [])]);
  return graph.op("Mul", [sum, graph.floats([0.5], [])]);
};

// ONNX Runtime's Shrink takes what is not a number for 0.
const softShrink: Activation = (graph, x) => graph.op("Sub", [x, clip(-0.5, 0.5)(graph, x)]);
const hardShrink: Activation = (graph, x) => {
  const isSmall = graph.op("LessOrEqual", [graph.op("Abs", [x]), graph.floats([0.5], [])]);
  return graph.op("Where", [isSmall, graph.floats([0], []), x]);
};

/** Activations by transformers' name (`ACT2FN`). */
const byName: Readonly<Record<string, Activation>> = {
  gelu: exactGelu,
  gelu_python: exactGelu,
  gelu_10: clippedGelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_python_tanh: tanhGelu,
  gelu_fast: tanhGelu,
  gelu_accurate: tanhGelu,
  quick_gelu: unary("QuickGelu", { alpha: 1.702 }),
  relu,
  relu2: squaredRelu,
  relu6,
  leaky_relu: leakyRelu,
  silu,
  swish: silu,
  hardswish: hardSwish,
  mish,
  tanh,
  sigmoid,
  laplace,
  linear: identity,
};

/** Activations of a Dense module by PyTorch's class name, with the class's default settings, in evaluation. */
const byClass: Readonly<Record<string, Activation>> = {
  Identity: identity,
  Tanh: tanh,
  ReLU: relu,
  GELU: exactGelu,
  Sigmoid: sigmoid,
  SiLU: silu,
  ELU: unary("Elu"),
  SELU: unary("Selu"),
  Mish: mish,
  Softplus: unary("Softplus"),
  Softsign: unary("Softsign"),
  LeakyReLU: leakyRelu,
  // The mean of the slopes among which training draws.
  RReLU: unary("LeakyRelu", { alpha: (1 / 8 + 1 / 3) / 2 }),
  Hardswish: hardSwish,
  CELU: unary("Celu"),
  Hardsigmoid: unary("HardSigmoid", { alpha: 1 / 6, beta: 0.5 }),
  Hardtanh: clip(-1, 1),
  ReLU6: relu6,
  Hardshrink: hardShrink,
  Softshrink: softShrink,
  LogSigmoid: (graph, x) => graph.op("Neg", [graph.op("Softplus", [graph.op("Neg", [x])])]),
  Tanhshrink: (graph, x) => graph.op("Sub", [x, graph.op("Tanh", [x])]),
  Dropout: identity,
};

/** Activations that have weights, by either name. */
const learnt: readonly string[] = ["prelu", "PReLU", "xielu"];

const choose = (table: Readonly<Record<string, Activation>>, name: string): Activation => {
  const activation = Object.hasOwn(table, name) ? table[name] : undefined;
  if (activation) return activation;
  const fault = learnt.includes(name) ? "has weights of its own, which are not read" : "is not known";
  throw new InputError(`model: the activation ${shown(name)} ${fault}; known are ${Object.keys(table).join(", ")}`);
};

/** Applies a transformer's activation to x + bias. */
export function activate(graph: GraphBuilder, name: string, x: string, bias: string): string {
  const activation = choose(byName, name);
  // The most common case by far has a fused operator.
  return activation === exactGelu ? graph.op("BiasGelu", [x, bias]) : activation(graph, graph.op("Add", [x, bias]));
}

/** Applies a transformer's activation to x. */
export const activateByName = (graph: GraphBuilder, name: string, x: string): string => choose(byName, name)(graph, x);

/** Where PyTorch's layers lie: `torch.nn`, and the modules within that define them. */
const pytorchClass = /^torch\.nn\.(?:modules\.(?:[a-z]+\.)?)?(\w+)$/;

/**
 * Applies a Dense module's activation to x, by the dotted class name in its config.
 * @throws InputError for a class that is not PyTorch's own, or is not known
 */
export function activateByClass(graph: GraphBuilder, className: string, x: string): string {
  const [, name] = pytorchClass.exec(className) ?? [];
  if (name !== undefined) return choose(byClass, name)(graph, x);
  const fault = className.startsWith("torch.") ? "none of PyTorch's layers" : "a class of the repository's own";
  throw new InputError(
    `model: the activation ${shown(className)} is ${fault}; known are PyTorch's ${Object.keys(byClass).join(", ")}`,
  );
}
