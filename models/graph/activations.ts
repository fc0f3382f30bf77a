import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { GraphBuilder } from "./builder.ts";

type Activation = (graph: GraphBuilder, x: string) => string;

const unary =
  (type: string): Activation =>
  (graph, x) =>
    graph.op(type, [x]);
const clip =
  (from: number, to: number): Activation =>
  (graph, x) =>
    graph.op("Clip", [x, graph.floats([from], []), graph.floats([to], [])]);
const exactGelu: Activation = (graph, x) => graph.op("Gelu", [x]);
const tanhGelu: Activation = (graph, x) => graph.op("Gelu", [x], { approximate: "tanh" });
const silu: Activation = (graph, x) => graph.op("QuickGelu", [x], { alpha: { float: 1 } });

/** Activations by transformers' name (`ACT2FN`). */
const byName: Readonly<Record<string, Activation>> = {
  gelu: exactGelu,
  gelu_new: tanhGelu,
  gelu_pytorch_tanh: tanhGelu,
  gelu_fast: tanhGelu,
  quick_gelu: (graph, x) => graph.op("QuickGelu", [x], { alpha: { float: 1.702 } }),
  relu: unary("Relu"),
  silu,
  swish: silu,
  tanh: unary("Tanh"),
  sigmoid: unary("Sigmoid"),
};

/** Activations of a Dense module by PyTorch's class name, with the class's default settings. */
const byClass: Readonly<Record<string, Activation>> = {
  Identity: (_, x) => x,
  Tanh: unary("Tanh"),
  ReLU: unary("Relu"),
  GELU: exactGelu,
  Sigmoid: unary("Sigmoid"),
  SiLU: silu,
  ELU: unary("Elu"),
  SELU: unary("Selu"),
  Mish: unary("Mish"),
  Softplus: unary("Softplus"),
  Softsign: unary("Softsign"),
  LeakyReLU: unary("LeakyRelu"),
  Hardswish: unary("HardSwish"),
  CELU: unary("Celu"),
  Hardsigmoid: (graph, x) => graph.op("HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
  Hardtanh: clip(-1, 1),
  ReLU6: clip(0, 6),
  Hardshrink: (graph, x) => graph.op("Shrink", [x], { lambd: { float: 0.5 }, bias: { float: 0 } }),
  Softshrink: (graph, x) => graph.op("Shrink", [x], { lambd: { float: 0.5 }, bias: { float: 0.5 } }),
  LogSigmoid: (graph, x) => graph.op("Neg", [graph.op("Softplus", [graph.op("Neg", [x])])]),
  Tanhshrink: (graph, x) => graph.op("Sub", [x, graph.op("Tanh", [x])]),
};

const choose = (table: Readonly<Record<string, Activation>>, name: string): Activation => {
  const activation = Object.hasOwn(table, name) ? table[name] : undefined;
  if (activation) return activation;
  throw new InputError(`model: the activation ${name} is not known; known are ${Object.keys(table).join(", ")}`);
};

/** Applies a transformer's activation to x + bias. */
export function activate(graph: GraphBuilder, name: string, x: string, bias: string): string {
  const activation = choose(byName, name);
  // The most common case by far has a fused operator.
  return activation === exactGelu ? graph.op("BiasGelu", [x, bias]) : activation(graph, graph.op("Add", [x, bias]));
}

/** Applies a transformer's activation to x. */
export const activateByName = (graph: GraphBuilder, name: string, x: string): string => choose(byName, name)(graph, x);

/**
 * Applies a Dense module's activation to x, by the dotted class name in its config.
 * @throws InputError for a class that is not PyTorch's own, or is not known
 */
export function activateByClass(graph: GraphBuilder, className: string, x: string): string {
  const parts = className.split(".");
  if (parts[0] === "torch") return choose(byClass, parts.at(-1) ?? className)(graph, x);
  throw new InputError(
    `model: the activation ${shown(className)} is a class of the repository's own; known are PyTorch's ${Object.keys(byClass).join(", ")}`,
  );
}
