import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { parseConfig } from "../repository/config.ts";
import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { sequenceLength } from "./layers.ts";

/** Rotary position embeddings (Su et al. 2021) of some layers. */
export interface Rope {
  /** Angle per position of each pair of a head's values, [headDim / 2]. */
  readonly frequencies: readonly number[];
  /** Scaling for texts longer than the model was trained on; absent where angles depend on positions alone. */
  readonly growth?: RopeGrowth;
}

/** Dynamic scaling: the base grows with the text's length once that exceeds `trained`. */
interface RopeGrowth {
  readonly theta: number;
  readonly factor: number;
  readonly trained: number;
}

/** Cosines and sines of a batch's angles, [batch, tokens, headDim / 2] each. */
export interface RopeTables {
  readonly cos: string;
  readonly sin: string;
}

/** Keys of a config for the rotation of positions; `rope_parameters` is the spelling of transformers 5. */
export const ropeFields = {
  rope_theta: z.number().positive().optional(),
  rope_scaling: z.record(z.string(), z.unknown()).nullish(),
  rope_parameters: z.record(z.string(), z.unknown()).nullish(),
  partial_rotary_factor: z.literal(1).default(1),
};

type RopeConfig = Partial<z.infer<z.ZodObject<typeof ropeFields>>> & { readonly max_position_embeddings: number };

const factor = z.number().min(1);
/** Settings of each way to scale, by transformers' `rope_type`. */
const scalings = {
  default: z.object({}),
  linear: z.object({ factor }),
  dynamic: z.object({ factor }),
  llama3: z.object({
    factor,
    low_freq_factor: z.number().positive(),
    high_freq_factor: z.number().positive(),
    original_max_position_embeddings: z.int().positive(),
  }),
};

const ownTheta = z.object({ rope_theta: z.number().positive().optional() });

const isKnown = (type: string): type is keyof typeof scalings => Object.hasOwn(scalings, type);

/**
 * Returns the angles that a config asks for, as transformers' `ROPE_INIT_FUNCTIONS` makes them.
 * @param theta base for a config that names none
 * @throws InputError naming a kind of scaling, or a value of it, that is not understood
 */
export function ropeOf(family: string, config: RopeConfig, headDim: number, theta: number): Rope {
  const scaling = config.rope_parameters ?? config.rope_scaling ?? {};
  const subject = `${family} rope_scaling`;
  const base = parseConfig(subject, ownTheta, scaling).rope_theta ?? config.rope_theta ?? theta;
  const type = String(scaling["rope_type"] ?? scaling["type"] ?? "default");
  if (!isKnown(type)) {
    throw new InputError(
      `model: the ${family} config is not understood: the rope_type is "${type}"; known are ${Object.keys(scalings).join(", ")}`,
    );
  }
  const plain = plainFrequencies(base, headDim);
  switch (type) {
    case "default":
      return { frequencies: plain };
    case "linear": {
      const { factor } = parseConfig(subject, scalings.linear, scaling);
      return { frequencies: plain.map((frequency) => Math.fround(frequency / factor)) };
    }
    case "dynamic": {
      const { factor } = parseConfig(subject, scalings.dynamic, scaling);
      return { frequencies: plain, growth: { theta: base, factor, trained: config.max_position_embeddings } };
    }
    case "llama3":
      return { frequencies: llama3(plain, parseConfig(subject, scalings.llama3, scaling)) };
  }
}

/** Returns theta^(−2i / headDim), rounded to single precision at each step as torch does, [headDim / 2]. */
export function plainFrequencies(theta: number, headDim: number): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / headDim))),
  );
}

/** Stretches long wavelengths, keeps short ones and blends those between, as Llama 3.1 does. */
function llama3(frequencies: readonly number[], settings: z.infer<typeof scalings.llama3>): number[] {
  const { factor, low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: trained } = settings;
  return frequencies.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < trained / high) return frequency;
    if (wavelength > trained / low) return Math.fround(frequency / factor);
    const smooth = (trained / wavelength - low) / (high - low);
    return Math.fround(((1 - smooth) * frequency) / factor + smooth * frequency);
  });
}

/**
 * Computes cosines and sines for a batch. Angles are in single precision whatever the format: half precision cannot
 * tell later positions apart.
 * @param mask [batch, tokens] int32, as in `TokenInputs`
 */
export function ropeTables(graph: GraphBuilder, rope: Rope, mask: string): RopeTables {
  const exact = graph.in(fullPrecision);
  const length = exact.op("Squeeze", [sequenceLength(exact, mask), exact.integers([0])]);
  const positions = exact.op("Range", [exact.integers([0], []), length, exact.integers([1], [])]);
  const column = exact.op("Unsqueeze", [exact.asFloat(positions), exact.integers([1])]);
  const angles = exact.op("Mul", [column, frequenciesOf(exact, rope, mask)]);
  const shape = exact.op("Concat", [exact.op("Shape", [mask]), exact.integers([rope.frequencies.length])], { axis: 0 });
  const table = (type: "Cos" | "Sin"): string => {
    const values = exact.op("Expand", [exact.op(type, [angles]), shape]);
    return graph.format.float === "float" ? values : graph.asFloat(values);
  };
  return { cos: table("Cos"), sin: table("Sin") };
}

/** Returns the frequencies, [1, headDim / 2]; with growth, each text's by its own length, [batch, 1, headDim / 2]. */
function frequenciesOf(exact: GraphBuilder, { frequencies, growth }: Rope, mask: string): string {
  const count = frequencies.length;
  if (!growth) return exact.floats(frequencies, [1, count]);
  const { theta, factor, trained } = growth;
  const tokens = exact.asFloat(exact.op("ReduceSum", [mask, exact.integers([1])], { keepdims: 1 }));
  const longest = exact.op("Max", [tokens, exact.floats([trained])]);
  const stretch = exact.op("Sub", [
    exact.op("Mul", [longest, exact.floats([factor / trained])]),
    exact.floats([factor - 1]),
  ]);
  const grown = exact.op("Pow", [stretch, exact.floats([(2 * count) / (2 * count - 2)])]);
  const base = exact.op("Unsqueeze", [exact.op("Mul", [grown, exact.floats([theta])]), exact.integers([2])]);
  const exponents = Array.from({ length: count }, (_, i) => -i / count);
  return exact.op("Pow", [base, exact.floats(exponents, [1, 1, count])]);
}

/** Rotates each head of x, [batch, tokens, heads · headDim], by its position: the first half with the second. */
export const rotate = (graph: GraphBuilder, x: string, { cos, sin }: RopeTables, heads: number): string =>
  graph.op("RotaryEmbedding", [x, cos, sin], { num_heads: heads });
