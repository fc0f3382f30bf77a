import { InputError } from "../datasets/errors.ts";
import { planBatches, toBatch } from "./batching.ts";
import type { Role } from "./encoder.ts";
import type { LateInteraction, LateInteractionInfo, TokenVectors } from "./late-interaction.ts";
import { joined } from "./matrix.ts";
import { type RunBatch, shareOut, tokenize, windowTexts } from "./onnx-encoder.ts";
import { halvingEncoder } from "./runtime/out-of-memory.ts";
import type { Tokenizer, Tokens } from "./tokenizer/tokenizer.ts";

/** What texts of a role go through before and after the model. */
export interface TokenRole {
  readonly tokenizer: Tokenizer;
  /** Ids of the tokens that do not count. */
  readonly skipped?: ReadonlySet<number>;
  /** What shorter texts are filled up with. */
  readonly fill?: Fill;
}

interface Fill {
  /** Tokens that a text has at least. */
  readonly length: number;
  readonly id: number;
  /** True where the text's own tokens attend to these. */
  readonly attends: boolean;
  /** True where what they give counts. */
  readonly counts: boolean;
}

export type TokenRoles = Readonly<Record<Role | "none", TokenRole>>;

/** Tokens of a text as the model reads them, and the places of those that count. */
interface Marked extends Tokens {
  readonly counted: Int32Array;
}

/** Fills a text up, and marks the tokens that count. */
export function markTokens({ ids }: Tokens, { skipped, fill }: Pick<TokenRole, "skipped" | "fill">): Marked {
  const missing = Math.max(0, (fill?.length ?? 0) - ids.length);
  const all = new Int32Array(ids.length + missing).fill(fill?.id ?? 0);
  all.set(ids);
  const end = fill?.counts ? all.length : ids.length;
  const counted = Int32Array.from(all.subarray(0, end).keys()).filter((place) => !skipped?.has(all[place]));
  return { ids: all, counted, ...(missing > 0 && !fill?.attends ? { visible: ids.length } : {}) };
}

/** Makes a model of late interaction of tokenizers, and of sessions that run batches and give a row for each token. */
export function createLateInteraction(
  info: LateInteractionInfo,
  roles: TokenRoles,
  tokenBudget: number,
  runs: readonly RunBatch[],
  close: () => Promise<void>,
): LateInteraction {
  const { dims } = info;
  const sessions = runs.map((run) => ({ run, encodeBatch: halvingEncoder() }));
  return {
    kind: "late-interaction",
    info,
    close,
    encode: async (texts, { role, prompt = "", signal, onProgress = () => {} } = {}) => {
      const own = roles[role ?? "none"];
      const pieces: TokenVectors[] = [];
      let [done, tokens, tokenizing] = [0, 0, 0];
      for (let start = 0; start < texts.length; start += windowTexts) {
        const began = performance.now();
        const slice = texts.slice(start, start + windowTexts);
        const options = { prompt, ...(signal && { signal }) };
        const marked = (await tokenize(own.tokenizer, slice, options)).map((one) => markTokens(one, own));
        tokenizing += performance.now() - began;
        checkVisible(info.id, slice, marked);
        const piece = emptyRows(marked, dims);
        const widthOf = (members: readonly number[]): number =>
          members.reduce((longest, member) => Math.max(longest, marked[member].ids.length), 1);
        const encodeWith = async ({ run, encodeBatch }: (typeof sessions)[number], members: readonly number[]) => {
          const rows = await encodeBatch(members, widthOf, async (part) => {
            const all = await run(toBatch(part, marked, own.tokenizer.padId), 0);
            return countedRows(all, part, marked, widthOf(part), dims);
          });
          let at = 0;
          for (const member of members) {
            const length = marked[member].counted.length * dims;
            piece.vectors.data.set(rows.subarray(at, at + length), piece.starts[member] * dims);
            at += length;
          }
          done += members.length;
          tokens += members.reduce((sum, member) => sum + marked[member].ids.length, 0);
          onProgress({ done, total: texts.length, encoded: done, tokens, tokenizingSeconds: tokenizing / 1000 });
        };
        const lengths = marked.map(({ ids }) => ids.length);
        await shareOut(planBatches(lengths, tokenBudget), sessions, encodeWith, signal);
        pieces.push(piece);
      }
      return pieces.length === 1 ? pieces[0] : joinTexts(pieces, dims);
    },
  };
}

/** Makes room for the rows of texts. */
function emptyRows(marked: readonly Marked[], dims: number): TokenVectors {
  const starts = startsOf(marked.map(({ counted }) => counted.length));
  const rows = starts[marked.length];
  return { vectors: { data: new Float32Array(rows * dims), rows, dims }, starts };
}

/** Returns where each of some lists starts that lie one behind the other, and at last where they end. */
export function startsOf(lengths: readonly number[]): Int32Array {
  const starts = new Int32Array(lengths.length + 1);
  lengths.forEach((length, i) => {
    starts[i + 1] = starts[i] + length;
  });
  return starts;
}

/** Takes the rows that count from those of a batch, [members · width, dims], one member after the other. */
function countedRows(
  all: Float32Array,
  members: readonly number[],
  marked: readonly Marked[],
  width: number,
  dims: number,
): Float32Array {
  const rows = new Float32Array(members.reduce((sum, member) => sum + marked[member].counted.length, 0) * dims);
  let at = 0;
  members.forEach((member, i) => {
    for (const place of marked[member].counted) {
      const from = (i * width + place) * dims;
      rows.set(all.subarray(from, from + dims), at);
      at += dims;
    }
  });
  return rows;
}

/** Joins the vectors of texts, in their order. */
function joinTexts(pieces: readonly TokenVectors[], dims: number): TokenVectors {
  const data = joined(pieces.map(({ vectors }) => vectors.data));
  const lengths = pieces.flatMap(({ starts }) => Array.from(starts.subarray(1), (end, i) => end - starts[i]));
  return { vectors: { data, rows: data.length / dims, dims }, starts: startsOf(lengths) };
}

/** @throws InputError for a text that is filled up with hidden tokens alone, of which the model makes nothing certain */
function checkVisible(id: string, texts: readonly string[], marked: readonly Marked[]): void {
  const place = marked.findIndex(({ visible }) => visible === 0);
  if (place < 0) return;
  throw new InputError(
    `encode: ${id} makes no token of the query ${JSON.stringify(texts[place])}, which the tokens that it is filled up with could attend to; leave queries without a text out`,
  );
}
