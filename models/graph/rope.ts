import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import { parseConfig } from "../repository/config.ts";
import { fullPrecision, type GraphBuilder } from "./builder.ts";
import { positionsOf } from "./layers.ts";

/** Rotary position embeddings (Su et al. 2021) of some layers. */
export interface Rope {
  /** Angle per position of each pair of a head's values that rotates. */
  readonly frequencies: readonly number[];
  /** Number of a head's values that rotate, its first ones; absent where all do. */
  readonly part?: number;
  /** Factor of cosines and sines; absent where it is 1. */
  readonly magnitude?: number;
  /** Scaling for texts longer than the model was trained on; absent where angles depend on positions alone. */
  readonly growth?: RopeGrowth;
}

/** Dynamic scaling: the base grows with the text's length once that exceeds `trained`. */
interface RopeGrowth {
  readonly theta: number;
  readonly factor: number;
  readonly trained: number;
}

/** Cosines and sines of a batch's angles, [batch, tokens, pairs] each. */
export interface RopeTables {
  readonly cos: string;
  readonly sin: string;
  /** As in `Rope`. */
  readonly part?: number;
}

type Settings = Readonly<Record<string, unknown>>;

interface RotationKeys {
  readonly rope_scaling?: Settings | null | undefined;
  readonly rope_parameters?: Settings | null | undefined;
}

const settings = z.record(z.string(), z.unknown());

/** Tells whether all values of a head rotate, by settings for all layers or by kind of layer. */
const isWhole = (found: Settings): boolean =>
  [found, ...Object.values(found)].every(
    (one) => typeof one !== "object" || one === null || ((one as Settings)["partial_rotary_factor"] ?? 1) === 1,
  );
const wholeSettings = settings.refine(isWhole, "partial_rotary_factor must be 1");

/** Keys of a config for the rotation of positions; `rope_parameters` is the spelling of transformers 5. */
export const ropeFields = {
  rope_theta: z.number().positive().optional(),
  rope_scaling: wholeSettings.nullish(),
  rope_parameters: wholeSettings.nullish(),
  partial_rotary_factor: z.literal(1).default(1),
  /** Wins over the number of the same name in the settings. */
  original_max_position_embeddings: z.int().positive().optional(),
};

/** Refinement of a family whose repositories' own code and transformers take different bases where none is stated. */
export const statedTheta = {
  check: ({ rope_theta: own, rope_parameters: parameters }: Pick<RopeConfig, "rope_theta" | "rope_parameters">) =>
    (own ?? parameters?.["rope_theta"]) !== undefined,
  fault: { path: ["rope_theta"], error: "expected a number, here or in rope_parameters" },
};

/** The same in a family in which only the first part of each head may rotate. */
export const partialRopeFields = {
  rope_scaling: settings.nullish(),
  rope_parameters: settings.nullish(),
  partial_rotary_factor: z.number().positive().max(1).default(1),
};

type RopeConfig = Partial<z.infer<z.ZodObject<Omit<typeof ropeFields, "partial_rotary_factor">>>> & {
  readonly max_position_embeddings: number;
  readonly partial_rotary_factor?: number;
};

/** `rope_parameters` of a family whose layers with a window have a base of their own. */
export const ropeByLayerType = z
  .strictObject({ full_attention: wholeSettings.nullish(), sliding_attention: wholeSettings.nullish() })
  .nullish();

const factor = z.number().min(1);
const trainedLength = z.int().positive().optional();
/** Settings of each way to scale, by transformers' `rope_type`. */
const scalings = {
  default: z.object({}),
  linear: z.object({ factor }),
  dynamic: z.object({ factor }),
  llama3: z.object({
    factor,
    low_freq_factor: z.number().positive(),
    high_freq_factor: z.number().positive(),
    original_max_position_embeddings: trainedLength,
  }),
  yarn: z.object({
    factor: factor.nullish(),
    attention_factor: z.number().nonnegative().nullish(),
    mscale: z.number().nullish(),
    mscale_all_dim: z.number().nullish(),
    beta_fast: z.number().nonnegative().nullish(),
    beta_slow: z.number().nonnegative().nullish(),
    truncate: z.boolean().default(true),
    original_max_position_embeddings: trainedLength,
  }),
};

const forAll = z.object({
  rope_theta: z.number().positive().optional(),
  partial_rotary_factor: z.number().positive().max(1).optional(),
});

const isKnown = (type: string): type is keyof typeof scalings => Object.hasOwn(scalings, type);

/** Returns the settings of rotation: the older spelling holds in place of the newer where it says something, as in transformers 5. */
export function rotationOf({ rope_scaling: older, rope_parameters: newer }: RotationKeys): Settings {
  return older && Object.keys(older).length > 0 ? older : (newer ?? {});
}

/**
 * Returns the angles that a config asks for, as transformers' `ROPE_INIT_FUNCTIONS` makes them.
 * @param theta base for a config that names none
 * @throws InputError naming a kind of scaling, or a value of it, that is not understood
 */
export function ropeOf(family: string, config: RopeConfig, headDim: number, theta: number): Rope {
  const scaling = rotationOf(config);
  const subject = `${family} rope_scaling`;
  const own = parseConfig(subject, forAll, scaling);
  const base = own.rope_theta ?? config.rope_theta ?? theta;
  const width = rotatedWidth(family, headDim, own.partial_rotary_factor ?? config.partial_rotary_factor ?? 1);
  const type = String(scaling["rope_type"] ?? scaling["type"] ?? "default");
  if (!isKnown(type)) {
    throw new InputError(
      `model: the ${family} config is not understood: the rope_type is "${type}"; known are ${Object.keys(scalings).join(", ")}`,
    );
  }
  const plain = plainFrequencies(base, width);
  const trainedOn = (stated: number | undefined): number =>
    config.original_max_position_embeddings ?? stated ?? config.max_position_embeddings;
  const scaled = (): Rope => {
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
      case "llama3": {
        const found = parseConfig(subject, scalings.llama3, scaling);
        return { frequencies: llama3(plain, found, trainedOn(found.original_max_position_embeddings)) };
      }
      case "yarn": {
        const found = parseConfig(subject, scalings.yarn, scaling);
        const trained = trainedOn(found.original_max_position_embeddings);
        const stretch = found.factor ?? config.max_position_embeddings / trained;
        const frequencies = yarn(plain, found, { base, width, trained, stretch });
        return { frequencies, magnitude: found.attention_factor ?? yarnMagnitude(found, stretch) };
      }
    }
  };
  return width === headDim ? scaled() : { ...scaled(), part: 2 * plain.length };
}

/** Returns how many of a head's values rotate; transformers rounds down, and rotates pairs. */
function rotatedWidth(family: string, headDim: number, share: number): number {
  const width = Math.floor(headDim * share);
  if (width > 0) return width;
  throw new InputError(
    `model: the ${family} config is not understood: partial_rotary_factor is ${share}, which rotates none of a head's ${headDim} values`,
  );
}

/** Returns theta^(−2i / width), rounded to single precision at each step as torch does, [width / 2]. */
export function plainFrequencies(theta: number, width: number): number[] {
  return Array.from({ length: Math.ceil(width / 2) }, (_, i) =>
    Math.fround(1 / Math.fround(theta ** Math.fround((2 * i) / width))),
  );
}

/** Stretches long wavelengths, keeps short ones and blends those between, as Llama 3.1 does. */
function llama3(frequencies: readonly number[], found: z.infer<typeof scalings.llama3>, trained: number): number[] {
  const { factor, low_freq_factor: low, high_freq_factor: high } = found;
  return frequencies.map((frequency) => {
    const wavelength = (2 * Math.PI) / frequency;
    if (wavelength < trained / high) return frequency;
    if (wavelength > trained / low) return Math.fround(frequency / factor);
    const smooth = (trained / wavelength - low) / (high - low);
    return Math.fround(((1 - smooth) * frequency) / factor + smooth * frequency);
  });
}

/** What YaRN stretches: frequencies of `base` over `width` values, by `stretch` beyond `trained` tokens. */
interface Stretched {
  readonly base: number;
  readonly width: number;
  readonly trained: number;
  readonly stretch: number;
}

/**
 * Keeps frequencies that turn often within the trained length, stretches those that turn seldom, and blends those
 * between (YaRN, Peng et al. 2023), as transformers 4.57 and 5 do: by the factor as it is written.
 */
function yarn(frequencies: readonly number[], found: z.infer<typeof scalings.yarn>, to: Stretched): number[] {
  const { base, width, trained, stretch } = to;
  const pairOf = (turns: number): number => (width * Math.log(trained / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const [first, last] = [pairOf(found.beta_fast || 32), pairOf(found.beta_slow || 1)];
  const low = Math.max(found.truncate ? Math.floor(first) : first, 0);
  const high = Math.min(found.truncate ? Math.ceil(last) : last, width - 1);
  const span = low === high ? 0.001 : high - low;
  return frequencies.map((frequency, i) => {
    const stretched = Math.min(Math.max((i - low) / span, 0), 1);
    return Math.fround((frequency / stretch) * stretched + frequency * (1 - stretched));
  });
}

/** Returns YaRN's factor of cosines and sines for a config that names none. */
function yarnMagnitude({ mscale, mscale_all_dim: all }: z.infer<typeof scalings.yarn>, stretch: number): number {
  const growth = (scale: number): number => (stretch <= 1 ? 1 : 0.1 * scale * Math.log(stretch) + 1);
  return mscale && all ? growth(mscale) / growth(all) : growth(1);
}

/**
 * Computes cosines and sines for a batch. Angles are in single precision whatever the format: half precision cannot
 * tell later positions apart.
 * @param mask [batch, tokens] int32, as in `TokenInputs`
 */
export function ropeTables(graph: GraphBuilder, rope: Rope, mask: string): RopeTables {
  const exact = graph.in(fullPrecision);
  const { magnitude = 1 } = rope;
  const column = exact.op("Unsqueeze", [exact.asFloat(positionsOf(exact, mask)), exact.integers([1])]);
  const angles = exact.op("Mul", [column, frequenciesOf(exact, rope, mask)]);
  const shape = exact.op("Concat", [exact.op("Shape", [mask]), exact.integers([rope.frequencies.length])], { axis: 0 });
  const table = (type: "Cos" | "Sin"): string => {
    const turned = exact.op(type, [angles]);
    const scaled = magnitude === 1 ? turned : exact.op("Mul", [turned, exact.floats([magnitude])]);
    const values = exact.op("Expand", [scaled, shape]);
    return graph.format.float === "float" ? values : graph.asFloat(values);
  };
  const { part } = rope;
  return { cos: table("Cos"), sin: table("Sin"), ...(part === undefined ? {} : { part }) };
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

/**
 * Rotates each head of x, [batch, tokens, heads · headDim], by its position: the first half of the values that rotate
 * with the second. Those after them stay.
 */
export const rotate = (graph: GraphBuilder, x: string, { cos, sin, part }: RopeTables, heads: number): string =>
  graph.op("RotaryEmbedding", [x, cos, sin], {
    num_heads: heads,
    ...(part === undefined ? {} : { rotary_embedding_dim: part }),
  });
