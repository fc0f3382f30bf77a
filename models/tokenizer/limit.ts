import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { shownJson } from "../../datasets/shown.ts";

/** Longest input, and who says so. */
interface Limit {
  /** Special tokens counted; Infinity where there is no limit. */
  readonly tokens: number;
  /** Option, table, or file and key; "" where there is no limit. */
  readonly from: string;
}

/** Limits besides the tokenizer's own, as in `TokenizerSettings`. */
interface Limits {
  readonly maxTokens?: number | undefined;
  readonly maxTokensFrom?: string | undefined;
  readonly maxPositions?: number | undefined;
  readonly learnedPositions?: number | undefined;
}

const none: Limit = { tokens: Number.POSITIVE_INFINITY, from: "" };

const lower = (a: Limit, b: Limit): Limit => (b.tokens < a.tokens ? b : a);

/**
 * Returns the limit of a model: that of its settings, or else the tokenizer's own, capped by the number of positions
 * that it was made for; in any case the number of positions for which it has embeddings.
 * @param config Contents of `tokenizer_config.json`.
 */
export function limitOf(
  config: Readonly<Record<string, unknown>>,
  { maxTokens, maxTokensFrom = "", maxPositions, learnedPositions }: Limits,
): Limit {
  const own = config["model_max_length"];
  // Tokenizers without a limit store a number near 1e30.
  const byTokenizer =
    typeof own === "number" && own < 1e15 ? { tokens: own, from: "model_max_length of tokenizer_config.json" } : none;
  const positions = (tokens: number | undefined, from: string): Limit =>
    tokens === undefined ? none : { tokens, from };
  const byConfig = positions(maxPositions, "max_position_embeddings of config.json");
  const set = maxTokens === undefined ? undefined : { tokens: maxTokens, from: maxTokensFrom };
  const wanted = set ?? lower(byTokenizer, byConfig);
  return lower(wanted, positions(learnedPositions, "the number of position embeddings"));
}

/**
 * Returns the limit that a `tokenizer.json` brings, which holds where it is used as it is.
 * @throws InputError where its truncation is not understood
 */
export function storedLimit({ truncation }: Readonly<Record<string, unknown>>): Limit {
  if (truncation === undefined || truncation === null) return none;
  const { max_length: most, strategy } = isRecord(truncation) ? truncation : {};
  if (Number.isInteger(most) && strategy !== "OnlySecond") {
    return { tokens: Number(most), from: "truncation of tokenizer.json" };
  }
  throw new InputError(
    `its truncation is ${shownJson(truncation, 200)}; expected were an integer max_length and a strategy for single texts`,
  );
}
