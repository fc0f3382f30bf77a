import { numbersInOrder } from "./code-points.ts";
import { type LegacyNumpyRandom, legacyNumpyRandom } from "./random/numpy.ts";

const seed = 42;

/** Rows with a pair of labels, or twice the same one. */
interface Combination {
  /** Number of different labels, 1 or 2. */
  readonly labels: number;
  /** Rows in ascending order, of which the last is taken first; those that were placed meanwhile are passed over. */
  readonly rows: number[];
  /** Number of rows that were not placed yet. */
  left: number;
  /** Rows that each of both parts still wants. */
  readonly wanted: [number, number];
}

/**
 * Draws about `size` rows, each label and each pair of labels in proportion, in ascending order; 0 < size < rows.
 *
 * @param sets Labels of each row, of one kind, in any order.
 *
 * Source: Sechidis, Tsoumakas and Vlahavas (2011), and for pairs Szymański and Kajdanowicz (2017), as in mteb 2.26
 * `_multilabel_subsampling`: two parts, order 2, the first of which is kept; seed 42.
 */
export function drawIteratively(sets: readonly (readonly unknown[])[], size: number): Int32Array {
  const labels = numbered(sets);
  const share = size / labels.length;
  const shares = [share, 1 - share] as const;
  const random = legacyNumpyRandom(seed);
  const { combinations, ofRow } = combine(labels, shares);
  const wanted: [number, number] = [labels.length * shares[0], labels.length * shares[1]];
  const parts = new Int8Array(labels.length).fill(-1);
  for (let next = mostWanted(combinations); next !== undefined; next = mostWanted(combinations)) {
    while (next.left > 0) {
      const row = next.rows.pop() as number;
      if (parts[row] >= 0) continue;
      const part = largerOf(next.wanted, random);
      parts[row] = part;
      for (const one of ofRow[row]) {
        one.left -= 1;
        one.wanted[part] -= 1;
      }
      wanted[part] -= 1;
    }
  }
  for (let row = labels.length - 1; row >= 0; row--) {
    if (parts[row] >= 0) continue;
    const wanting = [0, 1].filter((part) => wanted[part] > 0);
    const part = wanting[random.randint(0, wanting.length)];
    parts[row] = part;
    wanted[part] -= 1;
  }
  return Int32Array.from(parts.keys()).filter((row) => parts[row] === 0);
}

/** Numbers the labels in ascending order: those of each row, ascending, each once. */
function numbered(sets: readonly (readonly unknown[])[]): readonly (readonly number[])[] {
  const all = [...new Set(sets.flat())];
  const numbers = numbersInOrder(all, typeof all[0] === "number");
  return sets.map((own) => [...new Set(own)].map((label) => numbers.get(label) as number).sort((a, b) => a - b));
}

/** Lists the combinations of labels in the order in which rows have them first, and those of each row. */
function combine(
  labels: readonly (readonly number[])[],
  shares: readonly [number, number],
): { combinations: readonly Combination[]; ofRow: readonly (readonly Combination[])[] } {
  const byLabels = new Map<string, Combination>();
  const ofRow = labels.map((own, row) =>
    own.flatMap((a, i) =>
      own.slice(i).map((b) => {
        const key = `${a} ${b}`;
        const known = byLabels.get(key) ?? { labels: a === b ? 1 : 2, rows: [], left: 0, wanted: [0, 0] };
        byLabels.set(key, known);
        known.rows.push(row);
        known.left += 1;
        return known;
      }),
    ),
  );
  for (const { rows, wanted } of byLabels.values()) {
    wanted[0] = rows.length * shares[0];
    wanted[1] = rows.length * shares[1];
  }
  return { combinations: [...byLabels.values()], ofRow };
}

/** Chooses the combination whose rows are placed next: the first, or a later one of more labels and fewer rows. */
function mostWanted(combinations: readonly Combination[]): Combination | undefined {
  let chosen: Combination | undefined;
  for (const one of combinations) {
    if (one.left === 0) continue;
    if (chosen === undefined || (chosen.labels < one.labels && chosen.left > one.left)) chosen = one;
  }
  return chosen;
}

/** Returns the part that wants more, by chance one of both that want the same. */
function largerOf([first, second]: readonly [number, number], random: LegacyNumpyRandom): 0 | 1 {
  if (first === second) return random.randint(0, 2) === 0 ? 0 : 1;
  return first > second ? 0 : 1;
}
