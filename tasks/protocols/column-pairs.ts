import { strip } from "../../datasets/strip.ts";
import { columnsOfPair } from "../../datasets/subset-pairs.ts";
import type { Dataset } from "../../datasets/table.ts";
import type { Similarity } from "../../models/encoder.ts";
import type { Kernels } from "../../models/kernels.ts";
import type { Matrix } from "../../models/matrix.ts";
import type { Finding } from "../findings/kinds.ts";
import { openTally } from "../findings/tally.ts";
import { type BothWays, openBothWays } from "../search/both-ways.ts";
import { inOrder } from "../search/in-order.ts";
import { type CrossSimilarity, crossSimilarity, type HeldQueries } from "../search/similarity.ts";
import type { BitextMiningTask, Embed, Evaluation, TaskSpec } from "../task.ts";
import { bitextMiningProtocol, scoreFound, scoresPerProduct } from "./bitext-mining.ts";
import { embedFinite, rowRange } from "./embedding.ts";

// Bitext mining of a table with a column for each language: every column is embedded once, and one product of two columns
// scores both directions. Which of the two is the first factor is decided by their names, so that the scores of A-B are the
// same bits whether B-A is asked for or not.

/** Columns of one split, and the subsets `A-B` of them that are to be scored. */
export interface ColumnPairs {
  /** Subsets by the pair of their columns. */
  readonly subsets: ReadonlyMap<string, readonly [string, string]>;
  /** Texts by column, of the columns that are used. */
  readonly columns: ReadonlyMap<string, readonly string[]>;
  /** Texts of a column. */
  readonly rows: number;
}

export interface PairsContext {
  /** Returns the vectors of a column's texts; asks again for those of one that was let go. */
  readonly embed: (texts: readonly string[], column: string) => ReturnType<Embed>;
  readonly similarity: Similarity;
  readonly kernels: Kernels;
  /** Length of a vector. */
  readonly dims: number;
  /** Most bytes of vectors that are held at once; two columns are held in any case. */
  readonly mostBytes: number;
  /** True where the samples of all subsets are to be given. */
  readonly withSamples: boolean;
}

export interface PairOutcome extends Evaluation {
  readonly subset: string;
  readonly findings: readonly Finding[];
}

/** Tells whether the subsets of a task are pairs of columns whose texts do not depend on the pair. */
export function pairsColumns(task: TaskSpec): task is BitextMiningTask {
  if (task.type !== "BitextMining" || task.dataset.subsetPairs !== true) return false;
  const { columns, goldColumn } = task.settings;
  const isPlain = goldColumn === undefined && columns.join() === "sentence1,sentence2";
  return isPlain && (task.prepare ?? []).length === 0;
}

/** Reads the columns of some subsets. Throws `InputError` for a subset that is no pair, and for columns without rows or texts. */
export async function readColumns(
  task: BitextMiningTask,
  subsets: readonly string[],
  split: string,
  dataset: Dataset,
): Promise<ColumnPairs> {
  const pairs = new Map(subsets.map((subset) => [subset, columnsOfPair(subset, dataset.id)]));
  const columns = new Map<string, readonly string[]>();
  for (const [subset, [one, other]] of pairs) {
    if (columns.has(one) && columns.has(other)) continue;
    const { first, second } = await bitextMiningProtocol.read(task, subset, split, dataset);
    columns.set(one, first).set(other, second);
  }
  const [texts = []] = columns.values();
  return { subsets: pairs, columns, rows: texts.length };
}

/** A column against which others are scored. */
interface Sweep {
  readonly second: string;
  readonly firsts: readonly string[];
}

/** Sweeps for which some columns are held. */
interface Block {
  readonly columns: ReadonlySet<string>;
  readonly sweeps: readonly Sweep[];
}

/**
 * Puts pairs of columns, in either order, into blocks of at most `mostHeld` columns, at least two. Each pair stands in one
 * sweep of one block, its columns in the order of their names.
 */
export function planBlocks(pairs: readonly (readonly [string, string])[], mostHeld: number): readonly Block[] {
  const partners = new Map<string, Set<string>>();
  for (const pair of pairs) {
    const [first, second] = pair.toSorted() as [string, string];
    partners.set(second, (partners.get(second) ?? new Set()).add(first));
  }
  const names = [...new Set(pairs.flat())].sort();
  const size = names.length <= mostHeld ? names.length : Math.max(1, Math.floor(mostHeld / 2));
  const groups = Array.from({ length: Math.ceil(names.length / size) }, (_, g) =>
    names.slice(g * size, (g + 1) * size),
  );
  return groups
    .flatMap((firsts, g) => groups.slice(g).map((seconds) => sweepsOf(firsts, seconds, partners)))
    .filter((sweeps) => sweeps.length > 0)
    .map((sweeps) => ({ sweeps, columns: new Set(sweeps.flatMap(({ second, firsts }) => [second, ...firsts])) }));
}

function sweepsOf(
  firsts: readonly string[],
  seconds: readonly string[],
  partners: ReadonlyMap<string, ReadonlySet<string>>,
): Sweep[] {
  return seconds.flatMap((second) => {
    const own = firsts.filter((first) => partners.get(second)?.has(first));
    return own.length === 0 ? [] : [{ second, firsts: own }];
  });
}

/** A column's vectors as the factors of products: the one that is held, and the one that is scored against it. */
interface Factors {
  readonly held: Matrix;
  readonly scored: Matrix;
}

function factorsOf(vectors: Matrix, cross: CrossSimilarity): Factors {
  const held = cross.prepareQueries(vectors);
  return { held, scored: cross.isSymmetric ? held : cross.prepareDocuments(vectors) };
}

/** Number of columns whose factors take so many bytes. */
function columnsIn({ mostBytes, dims }: PairsContext, rows: number, { isSymmetric }: CrossSimilarity): number {
  return Math.floor(mostBytes / (rows * dims * Float32Array.BYTES_PER_ELEMENT * (isSymmetric ? 1 : 2)));
}

/**
 * Scores all subsets; yields those of each sweep together. Holds `mostBytes` of vectors beside the blocks of a few
 * products.
 */
export async function* evaluateColumnPairs(
  task: BitextMiningTask,
  { subsets, columns, rows }: ColumnPairs,
  context: PairsContext,
): AsyncGenerator<readonly PairOutcome[]> {
  const { embed, similarity, kernels, withSamples } = context;
  const cross = crossSimilarity(similarity, kernels);
  const targets = Int32Array.from({ length: rows }, (_, row) => row);
  const peculiar = peculiaritiesOf(columns);
  const subsetOf = new Map(Array.from(subsets, ([subset, pair]) => [keyOf(pair), subset]));

  const outcomesOf = (first: string, second: string, { ofRows, ofColumns }: BothWays): PairOutcome[] => {
    const findings = peculiar(first, second) ? inspect(task, columns, first, second, targets) : [];
    const ways = [[first, second, ofRows] as const, ...(first === second ? [] : [[second, first, ofColumns] as const])];
    return ways.flatMap(([from, to, found]) => {
      const subset = subsetOf.get(keyOf([from, to]));
      if (subset === undefined) return [];
      const { samples, ...scored } = scoreFound(task, targets, found, rows);
      return [{ subset, findings, ...scored, ...(withSamples && samples ? { samples } : {}) }];
    });
  };

  const factors = new Map<string, Factors>();
  for (const block of planBlocks([...subsets.values()], columnsIn(context, rows, cross))) {
    for (const column of factors.keys()) if (!block.columns.has(column)) factors.delete(column);
    for (const column of block.columns) {
      if (factors.has(column)) continue;
      const vectors = await embedFinite((texts) => embed(texts, column), columns.get(column) ?? [], task.name);
      factors.set(column, factorsOf(vectors, cross));
    }
    for (const { second, firsts } of block.sweeps) {
      const outcomes: PairOutcome[] = [];
      const held = await cross.hold((factors.get(second) as Factors).held);
      try {
        await sweep(
          held,
          firsts,
          (first) => (factors.get(first) as Factors).scored,
          rows,
          (first, found) => {
            outcomes.push(...outcomesOf(first, second, found));
          },
        );
      } finally {
        held.release();
      }
      yield outcomes;
    }
  }
}

const keyOf = ([first, second]: readonly [string, string]): string => JSON.stringify([first, second]);

/** A part of a product: some rows of a column. */
interface Part {
  readonly first: string;
  readonly start: number;
  readonly end: number;
}

/** Scores columns against the held one, and hands over what was found of each. */
async function sweep(
  held: HeldQueries,
  firsts: readonly string[],
  vectorsOf: (first: string) => Matrix,
  rows: number,
  use: (first: string, found: BothWays) => void,
): Promise<void> {
  // Parts of equal size: a product of a single row may sum in another order than one of many.
  const count = Math.ceil((rows * rows) / scoresPerProduct);
  const bound = (part: number): number => Math.floor((part * rows) / count);
  const parts = firsts.flatMap((first) =>
    Array.from({ length: count }, (_, i): Part => ({ first, start: bound(i), end: bound(i + 1) })),
  );
  let found = openBothWays(rows);
  await inOrder(
    parts,
    ({ first, start, end }) => held.score(rowRange(vectorsOf(first), start, end)),
    (scores, { first, end }) => {
      found.add(scores);
      if (end < rows) return;
      use(first, found);
      found = openBothWays(rows);
    },
  );
}

/** Returns what tells whether the rows of two columns can have anything peculiar: an empty text, or one that comes again. */
function peculiaritiesOf(columns: ColumnPairs["columns"]): (first: string, second: string) => boolean {
  const empty = new Set<string>();
  const repeated = new Set<string>();
  for (const [name, texts] of columns) {
    if (texts.some((text) => strip(text) === "")) empty.add(name);
    if (new Set(texts).size < texts.length) repeated.add(name);
  }
  return (first, second) => empty.has(first) || empty.has(second) || (repeated.has(first) && repeated.has(second));
}

/** Inspects the rows of two columns, which is the same in either order. */
function inspect(
  task: BitextMiningTask,
  columns: ColumnPairs["columns"],
  first: string,
  second: string,
  targets: Int32Array,
): readonly Finding[] {
  const tally = openTally();
  const [from, to] = [columns.get(first) ?? [], columns.get(second) ?? []];
  bitextMiningProtocol.inspect(task, { first: from, second: to, targets }, tally);
  return tally.findings();
}
