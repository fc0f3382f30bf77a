import type { EncoderInfo, Role } from "../../models/encoder.ts";
import type { BenchSettings, LeftOut } from "./record.ts";

/** What is timed with texts of one length. */
export interface LengthCell {
  readonly kind: "latency" | "throughput";
  readonly role: Role;
  /** Tokens of a text. */
  readonly tokens: number;
  /** Texts of a call. */
  readonly batchSize: number;
}

/** What is to be measured before anything is known of the model's speed. */
export interface BenchPlan {
  /** Fewest tokens of a call first. */
  readonly cells: readonly LengthCell[];
  /** Whose speed with a corpus is measured. */
  readonly corpus: readonly Role[];
  readonly leftOut: readonly LeftOut[];
}

/** The roles whose latency is measured, and those whose throughput is. */
function rolesOf({ sides }: EncoderInfo): Readonly<Record<LengthCell["kind"], readonly Role[]>> {
  const both = ["query", "document"] as const;
  return sides ? { latency: both, throughput: both } : { latency: ["query"], throughput: ["document"] };
}

/** A cell without the batch size where that is always one. */
export const leftOut = ({ kind, role, tokens, batchSize }: LengthCell, reason: string): LeftOut => ({
  ...{ role, what: kind, tokens, reason },
  ...(kind === "latency" ? {} : { batchSize }),
});

/**
 * What is measured of a model: latency as queries, throughput as documents, of a pair both on both sides; lengths above
 * the model's limit are left out.
 */
export function planBench(info: EncoderInfo, { lengths, batchSizes }: BenchSettings): BenchPlan {
  const roles = rolesOf(info);
  const cells = lengths.flatMap((tokens): LengthCell[] => [
    ...roles.latency.map((role) => ({ kind: "latency" as const, role, tokens, batchSize: 1 })),
    ...roles.throughput.flatMap((role) =>
      batchSizes.map((batchSize) => ({ kind: "throughput" as const, role, tokens, batchSize })),
    ),
  ]);
  const limitOf = ({ role }: LengthCell): number => (info.sides?.[role] ?? info).maxTokens;
  const fits = (cell: LengthCell): boolean => cell.tokens <= limitOf(cell);
  return {
    cells: cells.filter(fits).sort((a, b) => a.tokens * a.batchSize - b.tokens * b.batchSize),
    corpus: roles.throughput,
    leftOut: cells
      .filter((cell) => !fits(cell))
      .map((cell) => leftOut(cell, `the model takes at most ${limitOf(cell)} tokens`)),
  };
}

/** Most that the tokens of a text may be away from what was asked for, as a share of that. */
const tolerance = 0.1;
/** Lengths tried before one is given up. */
const mostTries = 8;

/**
 * The number of words of texts of `target` tokens, within a tenth; `undefined` where no number of words makes such a
 * text.
 *
 * @param meanTokens The tokens of texts of so many words, as the model counts them.
 */
export async function fitWords(
  target: number,
  meanTokens: (words: number) => Promise<number>,
): Promise<number | undefined> {
  let words = 1;
  let tokens = await meanTokens(words);
  let [below, fixed] = [0, 0];
  for (let tries = 1; tries < mostTries; tries++) {
    if (Math.abs(tokens - target) <= tolerance * target) return words;
    if (words === 1 && tokens > target) return undefined;
    // Half the way first: what stands around the text is then told from what its words take.
    const perWord = below === 0 ? 0 : (tokens - fixed) / (words - below);
    const next = below === 0 ? Math.ceil(target / 2) : below + Math.round((target - fixed) / Math.max(perWord, 1e-3));
    if (below === 0) [below, fixed] = [words, tokens];
    const tried = Math.max(1, Math.min(next, target * 4));
    if (tried === words) return undefined;
    words = tried;
    tokens = await meanTokens(words);
  }
  return undefined;
}
