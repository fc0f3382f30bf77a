import { numberText } from "./conform.ts";
import { isRecord } from "./document.ts";
import { InputError } from "./errors.ts";
import { repeated } from "./group-by.ts";
import { type Column, isPacked, valuesOf } from "./packed-texts.ts";
import { shown, shownJson } from "./shown.ts";

/** What a column is declared to hold. */
export type Feature =
  | { readonly kind: "value"; readonly dtype: string }
  /** Numbers from 0, each of which has a name. */
  | { readonly kind: "classes"; readonly names: readonly string[] }
  | { readonly kind: "list"; readonly of: Feature }
  | { readonly kind: "record"; readonly fields: Features }
  /** Images, audio and the like, of which nothing is read. */
  | { readonly kind: "other"; readonly name: string };

/** Declared columns of a data set, by name. */
export type Features = ReadonlyMap<string, Feature>;

/** Tells whether a column is declared to hold texts. */
export const isTextFeature = (feature: Feature | undefined): boolean =>
  feature?.kind === "value" && ["string", "large_string"].includes(feature.dtype);

const value = (dtype: string): Feature => ({ kind: "value", dtype });
const refuse = (place: string, what: unknown): InputError =>
  new InputError(
    `${place}: features declare ${shownJson(what, 80)}; expected what datasets writes, such as a name and a dtype`,
  );

/**
 * Reads features as a card declares them: a list of names, each with a `dtype`, a `list`, `sequence` or `struct`. Throws
 * `InputError` that begins with `place`. Source: `Features._from_yaml_list` of datasets 5.0.
 */
export function cardFeatures(entries: unknown, place: string): Features {
  if (!Array.isArray(entries)) throw refuse(place, entries);
  return new Map(
    entries.map((entry: unknown) => {
      const { name, ...rest } = isRecord(entry) ? entry : {};
      if (typeof name !== "string") throw refuse(place, entry);
      return [name, cardFeature(rest, place)] as const;
    }),
  );
}

const lists = ["list", "sequence", "large_list"];

function cardFeature(entry: unknown, place: string): Feature {
  if (typeof entry === "string") return value(entry);
  if (Array.isArray(entry)) return { kind: "record", fields: cardFeatures(entry, place) };
  if (!isRecord(entry)) throw refuse(place, entry);
  const [kind, content] = Object.entries(entry)[0] ?? [];
  if (kind === undefined) throw refuse(place, entry);
  if (lists.includes(kind)) return { kind: "list", of: cardFeature(content, place) };
  if (kind === "struct") return cardFeature(content, place);
  if (kind === "dtype") return typeof content === "string" ? plainFeature(content) : cardFeature(content, place);
  if (kind === "class_label") return { kind: "classes", names: classNames(content, place) };
  return { kind: "other", name: kind };
}

const plainFeature = (dtype: string): Feature =>
  ["image", "audio", "video", "pdf", "nifti"].includes(dtype) ? { kind: "other", name: dtype } : value(dtype);

/** Reads the names of classes: a list, an object from number to name, or only how many there are. */
function classNames(content: unknown, place: string): readonly string[] {
  const { names, num_classes: count } = isRecord(content) ? content : {};
  if (Array.isArray(names) && names.every((name) => typeof name === "string")) return distinct(names, place);
  if (isRecord(names)) {
    const numbered = Object.entries(names).map(([number, name]) => [Number(number), name] as const);
    numbered.sort(([a], [b]) => a - b);
    if (numbered.every(([number, name], i) => number === i && typeof name === "string")) {
      return distinct(
        numbered.map(([, name]) => name as string),
        place,
      );
    }
    throw new InputError(
      `${place}: the numbers of a class_label are ${shownJson(Object.keys(names), 80)}; expected 0, 1, 2 …`,
    );
  }
  const number = Number(count);
  if (names === undefined && Number.isSafeInteger(number) && number > 0) {
    return Array.from({ length: number }, (_, i) => String(i));
  }
  throw refuse(place, { class_label: content });
}

function distinct(names: readonly string[], place: string): readonly string[] {
  const twice = repeated(names);
  if (twice !== undefined) throw new InputError(`${place}: the class "${shown(twice)}" is named twice`);
  return names;
}

/**
 * Reads features as datasets writes them into JSON: in the metadata of parquet and Arrow files (`huggingface`) and in
 * `dataset_infos.json`. Throws `InputError` that begins with `place`.
 */
export function storedFeatures(content: unknown, place: string): Features {
  if (!isRecord(content)) throw refuse(place, content);
  return new Map(Object.entries(content).map(([name, feature]) => [name, storedFeature(feature, place)] as const));
}

function storedFeature(content: unknown, place: string): Feature {
  if (Array.isArray(content) && content.length === 1) return { kind: "list", of: storedFeature(content[0], place) };
  if (!isRecord(content)) throw refuse(place, content);
  const kind = content["_type"];
  if (typeof kind !== "string") return { kind: "record", fields: storedFeatures(content, place) };
  if (kind === "Value" && typeof content["dtype"] === "string") return value(content["dtype"]);
  if (kind === "ClassLabel") return { kind: "classes", names: classNames(content, place) };
  if (["Sequence", "List", "LargeList"].includes(kind)) {
    const inner = storedFeature(content["feature"], place);
    // A sequence of a record is a record of lists.
    if (kind !== "Sequence" || inner.kind !== "record") return { kind: "list", of: inner };
    return { kind: "record", fields: new Map([...inner.fields].map(([name, of]) => [name, { kind: "list", of }])) };
  }
  return { kind: "other", name: kind };
}

/** Why a column cannot be read as it is declared. */
export interface Unreadable {
  readonly unreadable: string;
}

/**
 * Turns the values of a column into what it is declared to hold, as datasets 5.0 casts them: names of classes become
 * their numbers, numbers become texts, and so on. A kind that is not read here makes the column unreadable, which is an
 * error only for a task that reads it.
 *
 * @param fail Makes the error of a row, counted from 0, from its value and what was expected.
 * @throws what `fail` makes
 */
export function castColumn(
  column: Column,
  feature: Feature,
  fail: (row: number, value: unknown, expected: string) => InputError,
): Column | Unreadable {
  const caster = casterOf(feature);
  if ("unreadable" in caster) return caster;
  const isKept = isPacked(column) && caster.keepsTexts && [...column.others()].every((row) => column.at(row) === null);
  if (isKept) return column;
  const values = valuesOf(column);
  if (caster.keepsTexts && isMixture(values)) {
    return { unreadable: "is declared as text and holds texts and other values, of which datasets makes JSON" };
  }
  const cast = values.map((value, row) => {
    const one = value === null ? null : caster.cast(value);
    if (one === undefined) throw fail(row, value, caster.expected);
    return one;
  });
  // Values that are what they are declared to be already, as most are, need no second place.
  return cast.every((one, row) => Object.is(one, values[row])) ? column : cast;
}

/** Tells whether texts stand beside other values: datasets makes JSON of such a column, in which x stands as `"x"`. */
function isMixture(values: readonly unknown[]): boolean {
  const present = values.filter((value) => value !== null);
  const texts = present.filter((value) => typeof value === "string").length;
  return texts > 0 && texts < present.length;
}

interface Caster {
  readonly expected: string;
  /** Whether texts stay as they are. */
  readonly keepsTexts?: boolean;
  /** Returns a value, which is not null, as declared; undefined where it cannot be. */
  readonly cast: (value: unknown) => unknown;
}

function casterOf(feature: Feature): Caster | Unreadable {
  switch (feature.kind) {
    case "value":
      return valueCaster(feature.dtype);
    case "classes":
      return {
        expected: `one of its ${feature.names.length} classes (${shown(feature.names.slice(0, 5).join(", "))}${feature.names.length > 5 ? " …" : ""}) or its number`,
        cast: classNumber(feature.names),
      };
    case "list": {
      const inner = casterOf(feature.of);
      if ("unreadable" in inner) return inner;
      return {
        expected: `a list, each of its items ${inner.expected}`,
        cast: (list) => (Array.isArray(list) ? castItems(list, inner.cast) : undefined),
      };
    }
    case "record": {
      const casters = new Map([...feature.fields].map(([name, of]) => [name, casterOf(of)] as const));
      return { expected: "a record of the declared fields", cast: (one) => castFields(one, casters) };
    }
    case "other":
      return { unreadable: `is declared as ${shown(feature.name)}` };
  }
}

/** Returns a list itself where no item changes; undefined where one cannot be cast. */
function castItems(list: readonly unknown[], cast: Caster["cast"]): readonly unknown[] | undefined {
  const items = list.map((item) => (item === null ? null : cast(item)));
  if (items.includes(undefined)) return undefined;
  return items.every((item, i) => Object.is(item, list[i])) ? list : items;
}

/** Returns a record itself where no field changes; undefined where one cannot be cast. Fields that are not read stay. */
function castFields(one: unknown, casters: ReadonlyMap<string, Caster | Unreadable>): unknown {
  if (!isRecord(one)) return one;
  const values = Object.values(one);
  const cast = Object.keys(one).map((name, i) => {
    const caster = casters.get(name) ?? { unreadable: "is not declared" };
    return values[i] === null || "unreadable" in caster ? values[i] : caster.cast(values[i]);
  });
  if (cast.includes(undefined)) return undefined;
  if (cast.every((value, i) => Object.is(value, values[i]))) return one;
  return Object.fromEntries(Object.keys(one).map((name, i) => [name, cast[i]] as const));
}

function valueCaster(dtype: string): Caster | Unreadable {
  const whole = /^u?int(8|16|32|64)$/.exec(dtype);
  if (dtype === "string" || dtype === "large_string") {
    return { expected: "a text", keepsTexts: true, cast: toText };
  }
  if (whole) return { expected: `a whole number (${dtype})`, cast: toWhole };
  if (dtype === "float64" || dtype === "double") return { expected: "a number", cast: toNumber };
  if (dtype === "float32") {
    return { expected: "a number", cast: (one) => rounded(toNumber(one), Math.fround) };
  }
  if (dtype === "bool") return { expected: "true or false", cast: toTruth };
  if (dtype === "null") return { expected: "nothing", cast: () => undefined };
  return { unreadable: `is declared as ${shown(dtype)}` };
}

function toText(one: unknown): string | undefined {
  if (typeof one === "string") return one;
  if (typeof one === "boolean") return String(one);
  return typeof one === "number" || typeof one === "bigint" ? numberText(one) : undefined;
}

function toNumber(one: unknown): number | undefined {
  if (typeof one === "number" || typeof one === "bigint" || typeof one === "boolean") return Number(one);
  if (typeof one !== "string" || one.trim() === "" || /^\s*[+-]?0[xob]/i.test(one)) return undefined;
  const parsed = Number(one);
  return Number.isNaN(parsed) ? undefined : parsed;
}

const rounded = (one: number | undefined, round: (value: number) => number): number | undefined =>
  one === undefined ? undefined : round(one);

function toWhole(one: unknown): number | bigint | undefined {
  if (typeof one === "boolean") return Number(one);
  if (typeof one === "bigint") return one;
  if (typeof one === "string") {
    if (!/^\s*[+-]?\d{1,20}\s*$/.test(one)) return undefined;
    const parsed = Number(one);
    return Number.isSafeInteger(parsed) ? parsed + 0 : BigInt(one.trim().replace(/^\+/, ""));
  }
  return typeof one === "number" && Number.isInteger(one) ? one + 0 : undefined;
}

function toTruth(one: unknown): boolean | undefined {
  if (typeof one === "boolean") return one;
  if (typeof one === "number") return one !== 0;
  const spelled = { true: true, "1": true, false: false, "0": false };
  const text = String(one).toLowerCase();
  return Object.hasOwn(spelled, text) ? spelled[text as keyof typeof spelled] : undefined;
}

/** Finds the number of a class by its name, its name between blanks, or the number itself; -1 stands for no class. */
function classNumber(names: readonly string[]): (one: unknown) => number | undefined {
  const numbers = new Map(names.map((name, i) => [name, i]));
  const inRange = (number: number): number | undefined =>
    Number.isInteger(number) && number >= -1 && number < names.length ? number : undefined;
  return (one) => {
    if (typeof one !== "string") return inRange(Number(toWhole(one) ?? Number.NaN));
    const known = numbers.get(one) ?? numbers.get(one.trim());
    if (known !== undefined) return known;
    return /^\s*[+-]?\d+\s*$/.test(one) ? inRange(Number(one)) : undefined;
  };
}
