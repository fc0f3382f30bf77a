import { InputError } from "../datasets/errors.ts";
import type { VectorCache } from "./cache/lookup.ts";
import { encodeOnce } from "./distinct.ts";
import type { Role } from "./encoder.ts";
import {
  type LateInteraction,
  type LateInteractionInfo,
  selectTexts,
  startsOf,
  type TokenVectors,
} from "./late-interaction.ts";
import { joined } from "./matrix.ts";
import { type InputForm, type InputTokens, openInputs, type RunBatch } from "./run-inputs.ts";
import type { TextInput, Tokenizer, Tokens } from "./tokenizer/tokenizer.ts";

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

/** Tokens of a text as the model reads them, of which the places of those that count are told. */
type Marked = InputTokens & Required<Pick<InputTokens, "counted">>;

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
  cache?: VectorCache,
): LateInteraction {
  const { id, dims } = info;
  const form: InputForm<Marked> = {
    readingOf: ({ role }) => {
      const own = roles[role ?? "none"];
      return {
        tokenizer: own.tokenizer,
        finish: (tokens, texts) => {
          const marked = tokens.map((one) => markTokens(one, own));
          checkVisible(id, texts, marked);
          return marked;
        },
      };
    },
    rowsOf: (all, members, width) =>
      members.map(({ counted }, i) =>
        countedRows(all.subarray(i * width * dims, (i + 1) * width * dims), counted, dims),
      ),
  };
  const run = openInputs(info, form, tokenBudget, runs, cache);
  return {
    kind: "late-interaction",
    info,
    close,
    encode: encodeOnce(async (texts, options, onBatch) => {
      const pieces: TokenVectors[] = [];
      await run(texts, options, onBatch, (marked, first) => {
        const { vectors, starts } = emptyRows(marked, dims);
        pieces.push({ vectors, starts });
        return (place, rows) => vectors.data.set(rows, starts[place - first] * dims);
      });
      return pieces.length === 1 ? pieces[0] : joinTexts(pieces, dims);
    }, selectTexts),
  };
}

/** Makes room for the rows of texts. */
function emptyRows(marked: readonly Marked[], dims: number): TokenVectors {
  const starts = startsOf(marked.map(({ counted }) => counted.length));
  const rows = starts[marked.length];
  return { vectors: { data: new Float32Array(rows * dims), rows, dims }, starts };
}

/** Copies the rows that count from those of all tokens of a text, [width, dims]. */
function countedRows(all: Float32Array, counted: Int32Array, dims: number): Float32Array {
  const rows = new Float32Array(counted.length * dims);
  counted.forEach((place, i) => {
    rows.set(all.subarray(place * dims, (place + 1) * dims), i * dims);
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
function checkVisible(id: string, texts: readonly TextInput[], marked: readonly Marked[]): void {
  const place = marked.findIndex(({ visible }) => visible === 0);
  if (place < 0) return;
  throw new InputError(
    `encode: ${id} makes no token of the query ${JSON.stringify(texts[place])}, which the tokens that it is filled up with could attend to; leave queries without a text out`,
  );
}
