import type { InputError } from "./errors.ts";
import { type Column, isPacked, joinColumns, valuesOf } from "./packed-texts.ts";

/** What the values of a column are; `mixed` for several kinds, lists and records. */
type Kind = "text" | "number" | "truth" | "mixed";

/** Tells the kind of a column's values; undefined where all are missing. */
function kindOf(column: Column): Kind | undefined {
  if (isPacked(column)) {
    const apart = new Set(Array.from(column.others(), (row) => kindOfValue(column.at(row))));
    apart.delete(undefined);
    return apart.size === 0 ? "text" : "mixed";
  }
  let kind: Kind | undefined;
  for (const value of column) {
    const one = kindOfValue(value);
    if (one === undefined || one === kind) continue;
    if (kind !== undefined) return "mixed";
    kind = one;
  }
  return kind;
}

function kindOfValue(value: unknown): Kind | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") return "text";
  if (typeof value === "number" || typeof value === "bigint") return "number";
  return typeof value === "boolean" ? "truth" : "mixed";
}

/**
 * Joins the parts of a column, each of which was read for itself. The first part with values tells their kind: numbers
 * and truth values behind texts become texts, truth values behind numbers become 1 and 0.
 *
 * @param fail Makes the error of a part whose values cannot become what is expected, both in words.
 * @throws what `fail` makes
 */
export function joinParts(
  parts: readonly Column[],
  fail: (part: number, found: string, expected: string) => InputError,
): Column {
  if (parts.length < 2) return parts[0] ?? [];
  const kinds = parts.map(kindOf);
  const kind = kinds.find((one) => one !== undefined);
  const isUniform = kind === "mixed" || kinds.every((one) => one === undefined || one === kind);
  if (isUniform) return joinColumns(parts);
  return joinColumns(
    parts.map((part, i) => {
      const own = kinds[i];
      if (own === undefined || own === kind) return part;
      const convert = conversions[`${own} to ${kind}`];
      const values =
        convert === undefined ? undefined : valuesOf(part).map((value) => (value === null ? null : convert(value)));
      if (values === undefined || values.includes(undefined)) throw fail(i, inWords[own], inWords[kind as Kind]);
      return values;
    }),
  );
}

const inWords: Readonly<Record<Kind, string>> = {
  text: "texts",
  number: "numbers",
  truth: "truth values",
  mixed: "values of several kinds",
};

/** Conversions from one kind to another, as pyarrow casts; undefined for a value that is not converted. */
const conversions: Readonly<Record<string, (value: unknown) => unknown>> = {
  "number to text": numberText,
  "truth to text": String,
  "truth to number": Number,
};

/**
 * Writes a number as pyarrow 26 casts it to a text; undefined for very large and small fractions, which it writes in a
 * way of its own.
 */
export function numberText(value: unknown): string | undefined {
  if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
  const size = Math.abs(Number(value));
  return size >= 1e-4 && size < 1e15 ? String(value) : undefined;
}
