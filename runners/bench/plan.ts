import type { EncoderInfo, Role } from "../../models/encoder.ts";
import type { BenchSettings, LeftOut } from "./record.ts";

/** A measurement with texts of one length. */
export interface LengthCell {
  readonly kind: "latency" | "throughput";
  readonly role: Role;
  /** Number of tokens of a text. */
  readonly tokens: number;
  /** Number of texts of a call. */
  readonly batchSize: number;
}

/** The measurements planned before the model's speed is known. */
export interface BenchPlan {
  /** Fewest tokens of a call first. */
  readonly cells: readonly LengthCell[];
  /** Roles whose speed with a corpus is measured. */
  readonly corpus: readonly Role[];
  readonly leftOut: readonly LeftOut[];
}

/** Facts about a model that decide on what is measured. */
export type Timed = Pick<EncoderInfo, "maxTokens" | "sides">;

/** Returns the roles whose latency is measured, and those whose throughput is. */
function rolesOf({ sides }: Timed): Readonly<Record<LengthCell["kind"], readonly Role[]>> {
  const both = ["query", "document"] as const;
  return sides ? { latency: both, throughput: both } : { latency: ["query"], throughput: ["document"] };
}

/** Describes a cell that is left out, without the batch size where that is always one. */
export const leftOut = ({ kind, role, tokens, batchSize }: LengthCell, reason: string): LeftOut => ({
  ...{ role, what: kind, tokens, reason },
  ...(kind === "latency" ? {} : { batchSize }),
});

/**
 * Plans the measurements of a model: latency of queries, throughput of documents, and for a pair both of both; lengths above
 * the model's limit are left out.
 *
 * @param textsOfQuery Number of texts of a call whose latency is measured.
 */
export function planBench(info: Timed, { lengths, batchSizes }: BenchSettings, textsOfQuery = 1): BenchPlan {
  const roles = rolesOf(info);
  const cells = lengths.flatMap((tokens): LengthCell[] => [
    ...roles.latency.map((role) => ({ kind: "latency" as const, role, tokens, batchSize: textsOfQuery })),
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

/** Largest difference between the tokens of a text and the target, as a share of the target. */
const tolerance = 0.1;
/** Numbers of words tried before a target is given up. */
const mostTries = 8;

/**
 * Finds the number of words of texts of `target` tokens, within a tenth; undefined where no number of words makes such
 * texts.
 *
 * @param meanTokens Measures the mean tokens of texts of so many words, as the model counts them.
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
    // The first step goes half the way: two points tell the fixed tokens around a text from those of its words.
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
