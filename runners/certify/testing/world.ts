import type { Encoder, EncoderInfo } from "../../../models/encoder.ts";
import type { Asked } from "../../../models/endpoint/ask.ts";
import { applyPrompt } from "../../../models/prompts/prompts.ts";
import { encoderInfo } from "../../../models/testing/encoder-info.ts";
import { type CertifyOpenings, certify } from "../certify.ts";
import { observe } from "../observe.ts";
import type { Alteration } from "../reference.ts";

export const dims = 32;

/** Draws the vector of a word: numbers of a generator that begins with its characters (Marsaglia's xorshift). */
function vectorOf(word: string, salt: number): number[] {
  let state = [...word].reduce((sum, letter) => (Math.imul(sum, 31) + (letter.codePointAt(0) ?? 0)) | 0, salt + 7) || 1;
  return Array.from({ length: dims }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32 - 0.5;
  });
}

/** Settings of a made-up model, whose tokens are words. */
export interface Settings {
  readonly limit: number;
  readonly pooling: "mean" | "first" | "last";
  readonly normalize: boolean;
  readonly lower: boolean;
  /** Other weights for other numbers. */
  readonly salt: number;
}

export const own: Settings = { limit: 128, pooling: "mean", normalize: true, lower: true, salt: 1 };

/** Makes a vector of a text; each word's is mixed with those of its neighbours, as attention does. */
export function embed(text: string, { limit, pooling, normalize, lower, salt }: Settings): number[] {
  const words = (lower ? text.toLowerCase() : text).split(/\s+/).filter(Boolean).slice(0, limit);
  const unknown = words.map((word) => (lower || word === word.toLowerCase() ? word : "[UNK]"));
  const all = unknown.map((word) => vectorOf(word === "[unk]" ? "[UNK]" : word, salt));
  const mean = Array.from(
    { length: dims },
    (_, i) => all.reduce((sum, one) => sum + one[i], 0) / Math.max(1, all.length),
  );
  const edge = pooling === "first" ? all[0] : all.at(-1);
  const pooled = pooling === "mean" ? mean : mean.map((value, i) => value + (edge?.[i] ?? 0));
  const length = Math.hypot(...pooled) || 1;
  return normalize ? pooled.map((value) => value / length) : pooled;
}

/** Opens the made-up model. */
export const open = (settings: Settings = own, facts: Partial<EncoderInfo> = {}): Encoder => ({
  kind: "vectors",
  info: { ...encoderInfo({ id: "acme/m", maxTokens: settings.limit, dims, normalized: settings.normalize }), ...facts },
  encode: async (texts, { prompt = "", onProgress } = {}) => {
    const inputs = texts.map((text) => applyPrompt(prompt, text));
    const tokens = inputs.reduce((sum, text) => sum + Math.min(settings.limit, text.split(/\s+/).length), 0);
    onProgress?.({ done: texts.length, total: texts.length, encoded: texts.length, tokens });
    return { data: Float32Array.from(inputs.flatMap((text) => embed(text, settings))), rows: texts.length, dims };
  },
  close: async () => {},
});

/** What a server makes of the texts of a request; a failure where it is none. */
export type Serve = (texts: readonly string[], call: number) => number[][] | Exclude<Asked, { vectors: unknown }>;

/** A server that is right, or has other settings. */
export const served =
  (settings: Partial<Settings> = {}): Serve =>
  (texts) =>
    texts.map((text) => embed(text, { ...own, ...settings }));

const alteration = (cause: Alteration["cause"], told: string, settings: Partial<Settings>): Alteration => ({
  ...{ cause, told },
  open: async () => open({ ...own, ...settings }),
});

/** Certifies a server against the made-up model. */
export async function certified(
  serve: Serve,
  { facts = {}, prompt = "" }: { readonly facts?: Partial<EncoderInfo>; readonly prompt?: string } = {},
) {
  let call = 0;
  const waits: number[] = [];
  const ask = async (texts: readonly string[]): Promise<Asked> => {
    const made = serve(texts, call++);
    if (!Array.isArray(made)) return made;
    return { vectors: made.map((one) => Float32Array.from(one)), tokens: 0, seconds: 0 };
  };
  const observed = await observe(
    ask,
    async (milliseconds) => void waits.push(milliseconds),
    () => {},
  );
  const opened: Encoder[] = [];
  const openings: CertifyOpenings = {
    alterations: [
      alteration("pooling", "it pools the first token", { pooling: "first" }),
      alteration("pooling", "it pools the last token", { pooling: "last" }),
    ],
    openQuantized: async () => undefined,
    openWider: async () => open({ ...own, limit: 1024 }),
    keep: (encoder) => {
      opened.push(encoder);
      return encoder;
    },
  };
  const signal = new AbortController().signal;
  return { ...(await certify(observed, { model: open(own, facts), prompt }, openings, signal)), waits, opened };
}
