import type { Detail, Shown } from "./items.ts";
import type { FindingKind } from "./kinds.ts";
import type { MaterialRows, RowMaterial } from "./material.ts";
import { type Alike, alikeRows } from "./near.ts";
import { normalText } from "./normal-text.ts";
import { isSaidAlike } from "./rows.ts";
import { tallyStrangeTexts } from "./strange-texts.ts";
import type { Tally } from "./tally.ts";

/** The parts of rows that are compared, in their order: an earlier one is what later ones are found in. */
const partNames = ["elsewhere", "learnt", "scored"] as const;
type PartName = (typeof partNames)[number];

interface PlacedRow {
  readonly part: PartName;
  readonly rows: MaterialRows;
  readonly row: number;
}

/** Puts rows of several parts into one row of numbers. */
function joinParts(parts: Readonly<Partial<Record<PartName, MaterialRows>>>) {
  const present = partNames.flatMap((part) => (parts[part] === undefined ? [] : [{ part, rows: parts[part] }]));
  let length = 0;
  const starts = present.map(({ rows }) => {
    length += rows.length;
    return length - rows.length;
  });
  const indexOf = (place: number): number => starts.findLastIndex((start) => place >= start);
  const at = (place: number): PlacedRow => {
    const index = indexOf(place);
    return { ...present[index], row: place - starts[index] };
  };
  return { length, at, partOf: (place: number) => partNames.indexOf(present[indexOf(place)].part) };
}

const textsOf = ({ rows, row }: PlacedRow): readonly string[] => rows.textsOf(row);
const labelOf = ({ rows, row }: PlacedRow): unknown => rows.labelOf?.(row);

export const shownRow = (rows: MaterialRows, row: number): Shown => ({
  name: rows.nameOf(row),
  texts: rows.textsOf(row),
  ...(rows.labelOf && { label: rows.labelOf(row) }),
});

/** Tells whether two rows have the very same texts, in the same order. */
const areEqual = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((text, i) => text === other[i]);

/** Tells whether a pair has the texts of another the other way round. */
const areReversed = ([a, b]: readonly string[], [c, d]: readonly string[]): boolean =>
  normalText(a) === normalText(d) && normalText(b) === normalText(c) && normalText(a) !== normalText(b);

/** Share of the range of scores by which nearly equal pairs must differ to be told. */
const tellingDifference = 0.25;

/** Tells whether the same is said of two rows; of scores of texts that are not quite the same, whether nearly so. */
function isAgreed({ scoreRange }: RowMaterial, one: unknown, other: unknown, likeness: number): boolean {
  if (likeness === 1 || scoreRange === undefined) return isSaidAlike(one, other);
  return Math.abs(Number(one) - Number(other)) <= tellingDifference * scoreRange;
}

/** Names the kind of a row that is alike another; undefined for one that is counted without comparing texts. */
function kindOf(material: RowMaterial, row: PlacedRow, first: PlacedRow, likeness: number): FindingKind | undefined {
  if (row.part === "elsewhere") return undefined;
  if (first.part === "elsewhere") {
    if (row.part === "learnt") return undefined;
    return likeness === 1 ? "row-in-other-split" : "row-nearly-in-other-split";
  }
  const [own, others] = [textsOf(row), textsOf(first)];
  if (areEqual(own, others)) return undefined;
  const agreed = isAgreed(material, labelOf(row), labelOf(first), likeness);
  if (material.pairs !== undefined && likeness === 1 && areReversed(own, others)) {
    return agreed ? "pair-reversed" : "pair-reversed-contradicted";
  }
  if (!agreed) return likeness === 1 ? "row-nearly-contradicted" : "row-nearly-alike-otherwise";
  return row.part === first.part ? "row-nearly-repeated" : "test-text-nearly-in-training";
}

/** Says how alike texts are. */
export const likenessText = (likeness: number): string =>
  likeness === 1 ? "equal but for case, punctuation and white space" : `${Math.round(100 * likeness)} % alike`;

const unitOf = ({ part, row }: PlacedRow): { readonly unit?: number } => (part === "scored" ? { unit: row } : {});

/**
 * Counts rows that are alike: within the scored and the learnt rows, and of the scored ones those that the learnt rows or
 * another split hold; pairs of one text that are judged not to mean the same; and texts that are strange in themselves.
 *
 * @param elsewhere Rows of another split, which the task does not read.
 */
export function examineRows(material: RowMaterial, elsewhere: MaterialRows | undefined, out: Tally): void {
  const { scored, learnt, pairs } = material;
  const all = joinParts({ scored, ...(learnt && { learnt }), ...(elsewhere && { elsewhere }) });
  const alike: Alike[] = alikeRows({
    length: all.length,
    textsOf: (place) => textsOf(all.at(place)),
    partOf: all.partOf,
    anyOrder: pairs !== undefined,
  });
  for (const { row: place, first: earlier, likeness } of alike) {
    const [row, first] = [all.at(place), all.at(earlier)];
    const kind = kindOf(material, row, first, likeness);
    if (kind === undefined) continue;
    const detail = (): Detail => {
      const { name: _, ...own } = shownRow(row.rows, row.row);
      return { ...own, ...unitOf(row), beside: shownRow(first.rows, first.row), evidence: likenessText(likeness) };
    };
    out.add(kind, () => row.rows.nameOf(row.row), detail);
  }
  if (pairs !== undefined) tallyAlikePairs(scored, pairs.saysAlike, out);
  tallyStrangeTexts(scored, (row) => ({ unit: row }), out);
  if (learnt !== undefined) tallyStrangeTexts(learnt, () => ({}), out);
}

/** Counts pairs whose texts are one and that are judged not to mean the same. */
function tallyAlikePairs(scored: MaterialRows, saysAlike: (label: unknown) => boolean, out: Tally): void {
  for (let row = 0; row < scored.length; row++) {
    const [first, second] = scored.textsOf(row);
    if (first.trim() === "" || saysAlike(scored.labelOf?.(row)) || normalText(first) !== normalText(second)) continue;
    const { name, ...shown } = shownRow(scored, row);
    out.add(
      "pair-alike-judged-unlike",
      () => name,
      () => ({ ...shown, unit: row }),
    );
  }
}
