import { afterAll, describe, expect, it } from "vitest";
import { processor } from "../runtime/providers/cpu.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { activate, activateByClass, activateByName } from "./activations.ts";
import { createGraph, type Format, fullPrecision, type GraphBuilder } from "./builder.ts";

const opened: Session[] = [];
afterAll(async () => void (await Promise.all(opened.map((session) => session.close()))));

const inputs = [0, -0, 1e-38, -1e-5, 0.5, -0.5, 0.7, -1.25, 3.1, -3.1, 6.5, -6.5, 12, -90, 1e15, -1e15];

// Values of torch 2.13 in single precision, by the names and classes of transformers 5.5 and torch.
const byName: Readonly<Record<string, readonly number[]>> = {
  gelu: [
    0, -0, 5e-39, -4.99996e-6, 0.3457312, -0.1542688, 0.5306255, -0.1320622, 3.097, -0.002999535, 6.5, -0, 12, -0, 1e15,
    -0,
  ],
  gelu_python: [
    0, -0, 5e-39, -4.99996e-6, 0.3457312, -0.1542688, 0.5306255, -0.1320622, 3.097, -0.002999535, 6.5, -0, 12, -0, 1e15,
    -0,
  ],
  gelu_10: [
    0, -0, 5e-39, -4.99996e-6, 0.3457312, -0.1542688, 0.5306255, -0.1320622, 3.097, -0.002999535, 6.5, -0, 10, -0, 10,
    -0,
  ],
  gelu_new: [
    0, -0, 5e-39, -4.99996e-6, 0.345714, -0.154286, 0.5305701, -0.1322858, 3.097373, -0.002626568, 6.5, -0, 12, -0,
    1e15, -0,
  ],
  gelu_pytorch_tanh: [
    0, -0, 5e-39, -4.99996e-6, 0.345714, -0.154286, 0.5305701, -0.1322858, 3.097373, -0.002626568, 6.5, -0, 12, -0,
    1e15, -0,
  ],
  gelu_python_tanh: [
    0, -0, 5e-39, -4.99996e-6, 0.345714, -0.154286, 0.5305701, -0.1322858, 3.097373, -0.002626568, 6.5, -0, 12, -0,
    1e15, -0,
  ],
  gelu_fast: [
    0, -0, 5e-39, -4.99996e-6, 0.345714, -0.154286, 0.5305701, -0.1322858, 3.097373, -0.002626568, 6.5, -0, 12, -0,
    1e15, -0,
  ],
  gelu_accurate: [
    0, -0, 5e-39, -4.99996e-6, 0.345714, -0.154286, 0.5305701, -0.1322858, 3.097373, -0.002626568, 6.5, -0, 12, -0,
    1e15, -0,
  ],
  quick_gelu: [
    0, -0, 5e-39, -4.999957e-6, 0.3503884, -0.1496116, 0.536894, -0.1330657, 3.084234, -0.01576605, 6.499898,
    -0.0001019311, 12, -0, 1e15, -0,
  ],
  relu: [0, -0, 9.999999e-39, 0, 0.5, 0, 0.7, 0, 3.1, 0, 6.5, 0, 12, 0, 1e15, 0],
  relu2: [0, 0, 0, 0, 0.25, 0, 0.49, 0, 9.61, 0, 42.25, 0, 144, 0, 9.999999e29, 0],
  relu6: [0, -0, 9.999999e-39, 0, 0.5, 0, 0.7, 0, 3.1, 0, 6, 0, 6, 0, 6, 0],
  leaky_relu: [
    0, -0, 9.999999e-39, -9.999999e-8, 0.5, -0.005, 0.7, -0.0125, 3.1, -0.031, 6.5, -0.065, 12, -0.9, 1e15, -1e13,
  ],
  silu: [
    0, -0, 5e-39, -4.999975e-6, 0.3112297, -0.1887703, 0.4677314, -0.2783752, 2.966367, -0.1336325, 6.490242,
    -0.009757685, 11.99993, -0, 1e15, -0,
  ],
  swish: [
    0, -0, 5e-39, -4.999975e-6, 0.3112297, -0.1887703, 0.4677314, -0.2783752, 2.966367, -0.1336325, 6.490242,
    -0.009757685, 11.99993, -0, 1e15, -0,
  ],
  hardswish: [
    0, -0, 5e-39, -4.999983e-6, 0.2916667, -0.2083333, 0.4316666, -0.3645833, 3.1, -0, 6.5, -0, 12, -0, 1e15, -0,
  ],
  mish: [
    0, -0, 6e-39, -5.999968e-6, 0.3752452, -0.2207438, 0.5611483, -0.3084139, 3.0885, -0.13651, 6.49997, -0.009765008,
    12, -7.374608e-38, 1e15, -0,
  ],
  tanh: [
    0, -0, 9.999999e-39, -1e-5, 0.4621172, -0.4621172, 0.6043678, -0.8482836, 0.9959494, -0.9959494, 0.9999955,
    -0.9999955, 1, -1, 1, -1,
  ],
  sigmoid: [
    0.5, 0.5, 0.5, 0.4999975, 0.6224594, 0.3775407, 0.6681877, 0.2227001, 0.9568927, 0.04310726, 0.9984988, 0.001501182,
    0.9999938, 0, 1, 0,
  ],
  laplace: [
    0.006094456, 0.006094456, 0.006094456, 0.00609386, 0.2314211, 9.387732e-6, 0.4899502, 0, 1, 0, 1, 0, 1, 0, 1, 0,
  ],
  linear: [0, -0, 9.999999e-39, -1e-5, 0.5, -0.5, 0.7, -1.25, 3.1, -3.1, 6.5, -6.5, 12, -90, 1e15, -1e15],
};
const byClass: Readonly<Record<string, readonly number[]>> = {
  Identity: [0, -0, 9.999999e-39, -1e-5, 0.5, -0.5, 0.7, -1.25, 3.1, -3.1, 6.5, -6.5, 12, -90, 1e15, -1e15],
  Tanh: [
    0, -0, 9.999999e-39, -1e-5, 0.4621172, -0.4621172, 0.6043678, -0.8482836, 0.9959494, -0.9959494, 0.9999955,
    -0.9999955, 1, -1, 1, -1,
  ],
  ReLU: [0, -0, 9.999999e-39, 0, 0.5, 0, 0.7, 0, 3.1, 0, 6.5, 0, 12, 0, 1e15, 0],
  GELU: [
    0, -0, 5e-39, -4.99996e-6, 0.3457312, -0.1542688, 0.5306255, -0.1320622, 3.097, -0.002999535, 6.5, -0, 12, -0, 1e15,
    -0,
  ],
  Sigmoid: [
    0.5, 0.5, 0.5, 0.4999975, 0.6224594, 0.3775407, 0.6681877, 0.2227001, 0.9568927, 0.04310726, 0.9984988, 0.001501182,
    0.9999938, 0, 1, 0,
  ],
  SiLU: [
    0, -0, 5e-39, -4.999975e-6, 0.3112297, -0.1887703, 0.4677314, -0.2783752, 2.966367, -0.1336325, 6.490242,
    -0.009757685, 11.99993, -0, 1e15, -0,
  ],
  ELU: [
    0, -0, 9.999999e-39, -9.99995e-6, 0.5, -0.3934693, 0.7, -0.7134952, 3.1, -0.9549508, 6.5, -0.9984965, 12, -1, 1e15,
    -1,
  ],
  SELU: [
    0, -0, 1.050701e-38, -1.758091e-5, 0.5253505, -0.6917582, 0.7354907, -1.254395, 3.257173, -1.678898, 6.829556,
    -1.755456, 12.60841, -1.758099, 1.050701e15, -1.758099,
  ],
  Mish: [
    0, -0, 6e-39, -5.999968e-6, 0.3752452, -0.2207438, 0.5611483, -0.3084139, 3.0885, -0.13651, 6.49997, -0.009765008,
    12, -7.374608e-38, 1e15, -0,
  ],
  Softplus: [
    Math.LN2,
    Math.LN2,
    Math.LN2,
    0.6931422,
    0.974077,
    0.474077,
    1.103186,
    0.2519291,
    3.144064,
    0.04406397,
    6.501503,
    0.00150231,
    12.00001,
    8.194009e-40,
    1e15,
    0,
  ],
  Softsign: [
    0, -0, 9.999999e-39, -9.9999e-6, 0.3333333, -0.3333333, 0.4117647, -0.5555556, 0.7560976, -0.7560976, 0.8666667,
    -0.8666667, 0.9230769, -0.989011, 1, -1,
  ],
  LeakyReLU: [
    0, -0, 9.999999e-39, -9.999999e-8, 0.5, -0.005, 0.7, -0.0125, 3.1, -0.031, 6.5, -0.065, 12, -0.9, 1e15, -1e13,
  ],
  RReLU: [
    0, -0, 9.999999e-39, -2.291667e-6, 0.5, -0.1145833, 0.7, -0.2864583, 3.1, -0.7104167, 6.5, -1.489583, 12, -20.625,
    1e15, -2.291667e14,
  ],
  Hardswish: [
    0, -0, 5e-39, -4.999983e-6, 0.2916667, -0.2083333, 0.4316666, -0.3645833, 3.1, -0, 6.5, -0, 12, -0, 1e15, -0,
  ],
  CELU: [
    0, -0, 9.999999e-39, -9.99995e-6, 0.5, -0.3934693, 0.7, -0.7134952, 3.1, -0.9549508, 6.5, -0.9984965, 12, -1, 1e15,
    -1,
  ],
  Hardsigmoid: [0.5, 0.5, 0.5, 0.4999983, 0.5833333, 0.4166667, 0.6166667, 0.2916667, 1, 0, 1, 0, 1, 0, 1, 0],
  Hardtanh: [0, -0, 9.999999e-39, -1e-5, 0.5, -0.5, 0.7, -1, 1, -1, 1, -1, 1, -1, 1, -1],
  ReLU6: [0, -0, 9.999999e-39, 0, 0.5, 0, 0.7, 0, 3.1, 0, 6, 0, 6, 0, 6, 0],
  Hardshrink: [0, 0, 0, 0, 0, 0, 0.7, -1.25, 3.1, -3.1, 6.5, -6.5, 12, -90, 1e15, -1e15],
  Softshrink: [0, 0, 0, 0, 0, 0, 0.2, -0.75, 2.6, -2.6, 6, -6, 11.5, -89.5, 1e15, -1e15],
  LogSigmoid: [
    -Math.LN2,
    -Math.LN2,
    -Math.LN2,
    -0.6931522,
    -0.474077,
    -0.974077,
    -0.4031861,
    -1.501929,
    -0.04406397,
    -3.144064,
    -0.00150231,
    -6.501503,
    -6.144193e-6,
    -90,
    0,
    -1e15,
  ],
  Tanhshrink: [
    0, 0, 0, 0, 0.03788283, -0.03788283, 0.0956322, -0.4017164, 2.104051, -2.104051, 5.500005, -5.500005, 11, -89, 1e15,
    -1e15,
  ],
  Dropout: [0, -0, 9.999999e-39, -1e-5, 0.5, -0.5, 0.7, -1.25, 3.1, -3.1, 6.5, -6.5, 12, -90, 1e15, -1e15],
};
const half: Format = { float: "float16", int8: false };

type Apply = (graph: GraphBuilder, x: string) => string;

/** Computes activations of numbers in one session, in a format. */
async function computed<Name extends string>(
  xs: readonly number[],
  names: readonly Name[],
  apply: (name: Name) => Apply,
  format = fullPrecision,
): Promise<Readonly<Record<Name, number[]>>> {
  const graph = createGraph();
  const input = graph.input("x", "float", [1, "width"]);
  for (const name of names) {
    const applied = graph.asFloat(apply(name)(graph.in(format), graph.in(format).asFloat(input)));
    graph.output(graph.op("Identity", [applied]), name, [1, "width"]);
  }
  const session = await openSession({ ...(await graph.serialize()), threads: 1, executionProvider: processor });
  opened.push(session);
  const found = await session.run({ x: { data: Float32Array.from(xs), dims: [1, xs.length] } }, names);
  return Object.fromEntries(names.map((name) => [name, Array.from(found[name]?.data ?? [])])) as Record<Name, number[]>;
}

/** Compares values, of which those above 1 may differ by the same share of them. */
function expectClose(found: readonly number[], expected: readonly number[], tolerance = 2e-6): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    const wanted = expected[i] ?? Number.NaN;
    const difference = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    expect(difference, `${inputs[i]}: ${value}, not ${wanted}`).toBeLessThan(tolerance);
  });
}

describe("by transformers' name", () => {
  const names = Object.keys(byName);
  const shifted = inputs.slice(2, -2).map((x) => x - 1);
  const ones = shifted.map(() => 1);
  const plain: (name: string) => Apply = (name) => (graph, x) => activateByName(graph, name, x);
  const biased: (name: string) => Apply = (name) => (graph, x) => activate(graph, name, x, graph.floats(ones));
  const alone = computed([...inputs, Number.NaN], names, plain);
  const sums = computed(shifted, names, biased);
  const halves = computed(inputs.slice(0, -2), names, plain, half);

  it.each(names)("%s has torch's values, and keeps what is not a number", async (name) => {
    const found = (await alone)[name];
    expectClose(found.slice(0, -1), byName[name]);
    expect(found.at(-1)).toBeNaN();
  });

  it.each(names)("%s of x and a bias", async (name) => {
    expectClose((await sums)[name], byName[name].slice(2, -2));
  });

  it.each(names)("%s in half precision", async (name) => {
    expectClose((await halves)[name], byName[name].slice(0, -2), 2 ** -10);
  });
});

describe("by PyTorch's class", () => {
  const names = Object.keys(byClass);
  const found = computed([...inputs, Number.NaN], names, (name) => (graph, x) => {
    return activateByClass(graph, `torch.nn.modules.activation.${name}`, x);
  });

  it.each(names)("%s has torch's values, and keeps what is not a number", async (name) => {
    const values = (await found)[name];
    expectClose(values.slice(0, -1), byClass[name]);
    expect(values.at(-1)).toBeNaN();
  });
});

it.each(["torch.nn.Tanh", "torch.nn.modules.Tanh", "torch.nn.modules.activation.Tanh"])("%s is Tanh", (name) => {
  expect(() => activateByClass(createGraph(), name, "x")).not.toThrow();
});

it.each(["prelu", "xielu"])("%s is refused", (name) => {
  expect(() => activateByName(createGraph(), name, "x")).toThrow(
    `model: the activation ${name} has weights of its own, which are not read; known are gelu, gelu_python, `,
  );
});

it.each([
  ["torch.nn.modules.activation.PReLU", "the activation PReLU has weights of its own, which are not read; known are"],
  ["torch.nn.modules.activation.GLU", "the activation GLU is not known; known are Identity, Tanh, "],
  ["torch.nn.modules.activation.Softmax", "the activation Softmax is not known; known are Identity, Tanh, "],
  ["torch.nn.functional.tanh", "the activation torch.nn.functional.tanh is none of PyTorch's layers; "],
  ["torch.ao.nn.quantized.ReLU6", "the activation torch.ao.nn.quantized.ReLU6 is none of PyTorch's layers"],
])("%s is refused", (name, message) => {
  expect(() => activateByClass(createGraph(), name, "x")).toThrow(message);
});
