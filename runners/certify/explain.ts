import { InputError } from "../../datasets/errors.ts";
import { shown } from "../../datasets/shown.ts";
import type { Encoder } from "../../models/encoder.ts";
import { applyPrompt } from "../../models/prompts/prompts.ts";
import { type Cause, type Finding, rounding } from "./finding.ts";
import type { Alteration } from "./reference.ts";
import { apart, distances, rowsOf, type Vector } from "./vectors.ts";

/** Makes vectors of texts as a server with some settings would. */
export type Embed = (texts: readonly string[]) => Promise<Vector[]>;

/** Settings that a server may run with, and how far its vectors of plain texts are from theirs. */
export interface Tried {
  /** What is different from the model's own settings; absent for these. */
  readonly finding?: Finding;
  readonly embed: Embed;
  /** Median distance of the plain texts. */
  readonly apart: number;
  /** The greatest of them. */
  readonly most: number;
}

/** The plain texts, and a server's vectors of them. */
export interface Plain {
  readonly texts: readonly string[];
  readonly vectors: readonly Vector[];
}

/** What a server may put before a text, beside what it is to put there. */
interface Prompting {
  readonly told?: string;
  readonly prompt: string;
  /** Put before the text ahead of that. */
  readonly twice?: true;
}

const quoted = (prompt: string): string => `"${shown(prompt)}"`;

function promptings({ prompts }: Encoder["info"], expected: string): Prompting[] {
  const others = Object.entries(prompts).filter(([, prompt]) => prompt !== expected && prompt !== "");
  const distinct = others.filter(([, prompt], i) => others.findIndex(([, other]) => other === prompt) === i);
  return [
    { prompt: expected },
    ...(expected === ""
      ? []
      : ([
          { told: `the prompt ${quoted(expected)} is missing`, prompt: "" },
          { told: `the prompt ${quoted(expected)} stands there twice`, prompt: expected, twice: true },
        ] as const)),
    ...distinct.map(([name, prompt]) => ({
      told: `it puts the model's prompt ${name}, ${quoted(prompt)}, before texts${expected === "" ? "" : ` in place of ${quoted(expected)}`}`,
      prompt,
    })),
  ];
}

/** A distance that another explanation has to be this many times nearer than, to count as one. */
const nearer = 4;

async function tryPromptings(
  encoder: Encoder,
  expected: string,
  plain: Plain,
  signal: AbortSignal,
  altered?: Pick<Alteration, "cause" | "told">,
): Promise<Tried[]> {
  const tried: Tried[] = [];
  for (const { told, prompt, twice } of promptings(encoder.info, expected)) {
    const embed: Embed = async (texts) =>
      rowsOf(await encoder.encode(twice ? texts.map((text) => applyPrompt(prompt, text)) : texts, { prompt, signal }));
    const vectors = await embed(plain.texts);
    const causes = [...(altered ? [altered] : []), ...(told === undefined ? [] : [{ cause: "prompt" as Cause, told }])];
    const [first, ...more] = causes;
    const finding = first && {
      finding: { cause: first.cause, told: [first, ...more].map((one) => one.told).join(", and "), harmful: true },
    };
    tried.push({
      ...finding,
      embed,
      apart: apart(vectors, plain.vectors),
      most: Math.max(...distances(vectors, plain.vectors)),
    });
  }
  return tried;
}

/** The settings that explain a server's vectors best, or the model's own with `explained` false where none do. */
export interface Explanation extends Tried {
  readonly explained: boolean;
  /** The greatest distance that counts as rounding here. */
  readonly bound: number;
}

/** Ways to round vectors after they were made, which are told apart from the arithmetic before. */
const signsOf = (vector: Vector): Vector => vector.map((value) => (value > 0 ? 1 : -1));

/** Opens models one after the other, and has them closed by `closing`. */
export interface Openings {
  readonly alterations: readonly Alteration[];
  /** The model in int8; undefined where it has no other precision than its own. */
  readonly openQuantized: () => Promise<Encoder | undefined>;
  /** Keeps a model open until all is done. */
  readonly keep: (encoder: Encoder) => Encoder;
}

/** Distance that is taken for quantization, as a multiple of what int8 does to the model here. */
const quantizedShare = 5;

/** Returns the distance up to which vectors count as those of the weights quantized. */
async function quantizedBound(base: Tried, { openQuantized, keep }: Openings, plain: Plain): Promise<number> {
  const quantized = await openQuantized();
  if (quantized === undefined) return rounding.bf16;
  const [own, rounded] = [await base.embed(plain.texts), rowsOf(await keep(quantized).encode(plain.texts))];
  const most = Math.max(...distances(own, rounded));
  return Math.max(rounding.bf16, Math.min(rounding.quantized, quantizedShare * most));
}

/**
 * Finds the settings of the model that explain a server's vectors of plain texts: its own, other prompts, other pooling, a
 * layer left out. Its own count unless others are four times nearer: rounding moves vectors nowhere in particular.
 * @param expected The prompt that the server is to put before texts.
 * @throws the signal's reason
 */
export async function explain(
  model: Encoder,
  expected: string,
  plain: Plain,
  openings: Openings,
  signal: AbortSignal,
): Promise<Explanation> {
  const tried = await tryPromptings(model, expected, plain, signal);
  const [own] = tried;
  tried.push(await signs(own, plain));
  const best = (): Tried => tried.reduce((a, b) => (b.apart < a.apart ? b : a));
  for (const alteration of openings.alterations) {
    if (best().apart <= rounding.bf16) break;
    try {
      const altered = openings.keep(await alteration.open());
      tried.push(...(await tryPromptings(altered, expected, plain, signal, alteration)));
    } catch (error) {
      // The model cannot run so; then no server does.
      if (!(error instanceof InputError)) throw error;
    }
  }
  const nearest = best();
  const chosen = nearest === own || nearest.apart * nearer > own.apart ? own : nearest;
  const bound = chosen.most <= rounding.bf16 ? rounding.bf16 : await quantizedBound(own, openings, plain);
  // What differs in one text of ten is told by the texts: the median decides on the settings.
  return chosen.apart <= bound ? { ...chosen, explained: true, bound } : { ...own, explained: false, bound };
}

/** Tries whether only the signs of the values are given. */
async function signs(own: Tried, plain: Plain): Promise<Tried> {
  const embed: Embed = async (texts) => (await own.embed(texts)).map(signsOf);
  const vectors = await embed(plain.texts);
  return {
    finding: { cause: "precision", told: "it gives the signs of the values alone (binary vectors)", harmful: true },
    embed,
    apart: apart(vectors, plain.vectors),
    most: Math.max(...distances(vectors, plain.vectors)),
  };
}
