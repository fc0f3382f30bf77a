import { InputError } from "../../datasets/errors.ts";
import type { GraphBuilder } from "./builder.ts";

type Activation = (graph: GraphBuilder, x: string) => string;

const unary =
  (type: string): Activation =>
  (graph, x) =>
    graph.op(type, [x]);
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

/** Applies a Dense module's activation to x, by the dotted class name in its config. */
export const activateByClass = (graph: GraphBuilder, className: string, x: string): string =>
  choose(byClass, className.split(".").at(-1) ?? className)(graph, x);
