/** What the fields of a file with one row per line stand for. */
export interface FieldValues {
  /** Texts that stand for no value. */
  readonly missing: ReadonlySet<string>;
  /** Numbers that stand for no value, however they are written. */
  readonly missingNumbers: readonly number[];
  readonly trueTexts: readonly string[];
  readonly falseTexts: readonly string[];
  /** Separates the whole part of a number from the rest. */
  readonly decimal: string;
}

/** Spellings that pandas.read_csv 3.1 takes for a missing value (`STR_NA_VALUES`). */
export const usualMissing: readonly string[] = [
  ...["", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA"],
  ...["NULL", "NaN", "None", "n/a", "nan", "null"],
];

export const usualTrue: readonly string[] = ["True", "TRUE", "true"];
export const usualFalse: readonly string[] = ["False", "FALSE", "false"];

// White space is that of C: a numeral between other kinds of blanks is a text.
const numeral = /^[ \t-\r]*[+-]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?)[ \t-\r]*$/i;
const wholeNumber = /^[ \t-\r]*[+-]?\d+[ \t-\r]*$/;

/** Characters beyond which a text is no number: so many digits take long to read, and nothing is made of them. */
const longestNumeral = 400;

/**
 * Turns the fields of a column into numbers or truth values where all are, into texts otherwise, as pandas.read_csv
 * does it; a field that stands for no value is null. Integers beyond ±2^53 stay exact as bigints.
 */
export function typedValues(texts: readonly string[], how: FieldValues): readonly unknown[] {
  const present = texts.filter((text) => !how.missing.has(text));
  if (present.every((text) => isNumeral(text, how.decimal))) {
    return texts.map((text) => {
      if (how.missing.has(text)) return null;
      const value = toNumber(text, how.decimal);
      return how.missingNumbers.includes(Number(value)) ? null : value;
    });
  }
  const isTruth = (text: string): boolean => how.trueTexts.includes(text) || how.falseTexts.includes(text);
  if (present.every(isTruth)) {
    return texts.map((text) => (how.missing.has(text) ? null : how.trueTexts.includes(text)));
  }
  return textValues(texts, how);
}

/** Returns the fields of a column as texts, null where one stands for no value. */
export const textValues = (
  texts: readonly string[],
  { missing }: Pick<FieldValues, "missing">,
): readonly (string | null)[] => texts.map((text) => (missing.has(text) ? null : text));

function isNumeral(text: string, decimal: string): boolean {
  if (text.length > longestNumeral) return false;
  if (decimal === ".") return numeral.test(text);
  return !text.includes(".") && numeral.test(text.replace(decimal, "."));
}

/** Reads a numeral; integers beyond ±2^53 stay exact as bigints. */
function toNumber(text: string, decimal: string): number | bigint {
  const infinite = /^\s*([+-]?)inf/i.exec(text);
  if (infinite) return infinite[1] === "-" ? -Infinity : Infinity;
  const value = Number(decimal === "." ? text : text.replace(decimal, "."));
  if (!wholeNumber.test(text)) return value;
  // An integer has no negative zero.
  return Number.isSafeInteger(value) ? value + 0 : BigInt(text.trim().replace(/^\+/, ""));
}

/**
 * Names the columns of a header: one without a name is called by its place; one whose name came before gets a number,
 * and those without a name give way to those with one. Source: the header of pandas 3.1's C parser.
 */
export function columnNames(header: readonly string[]): readonly string[] {
  const names = header.map((name, i) => (name === "" ? `Unnamed: ${i}` : name));
  const places = [...names.keys()];
  const order = [...places.filter((i) => header[i] !== ""), ...places.filter((i) => header[i] === "")];
  const present = new Set(names);
  const counts = new Map<string, number>();
  for (const i of order) {
    const name = names[i];
    let unique = name;
    let count = counts.get(name) ?? 0;
    while (count > 0) {
      counts.set(name, count + 1);
      unique = `${name}.${count}`;
      count = present.has(unique) ? count + 1 : (counts.get(unique) ?? 0);
    }
    names[i] = unique;
    present.add(unique);
    counts.set(unique, count + 1);
  }
  return names;
}
