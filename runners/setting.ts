import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import { repositoryKinds } from "../models/repository/kind.ts";
import { precisions } from "../models/runtime/precision.ts";
import { quantizations } from "../models/variants/quantization.ts";
import { learnerBackends } from "../tasks/task.ts";
import type { MeasureChoice } from "./measure.ts";

/** A setting that takes these numbers. */
export interface NumberSetting {
  readonly kind: "number";
  /** The numbers in words, which follow "expected". */
  readonly expected: string;
  readonly fits: (value: number) => boolean;
}

/** A setting that takes one of these names. */
export interface NameSetting<Name extends string = string> {
  readonly kind: "name";
  readonly names: readonly Name[];
  /** What gives what other names ask for, by these names, for the command line's error. */
  readonly elsewhere?: Readonly<Record<string, string>>;
}

export type AnySetting = NumberSetting | NameSetting;

/** The description of a setting of this type; none where its type says all, or where its values are read. */
export type Setting<Value> = [Value] extends [number]
  ? NumberSetting
  : string extends Value
    ? never
    : [Value] extends [string]
      ? NameSetting<Value>
      : never;

export const positive: NumberSetting = {
  kind: "number",
  expected: "a whole number above 0",
  fits: (value) => Number.isSafeInteger(value) && value > 0,
};

export const countable: NumberSetting = {
  kind: "number",
  expected: "a whole number, 0 or above",
  fits: (value) => Number.isSafeInteger(value) && value >= 0,
};

export const oneOf = <Name extends string>(names: readonly Name[]): NameSetting<Name> => ({ kind: "name", names });

/** Keys of a choice whose values need a description. */
type Described<Choice> = {
  [Key in keyof Choice]-?: [Setting<Required<Choice>[Key]>] extends [never] ? never : Key;
}[keyof Choice];

/** The settings of a measurement, for the command line and for programs. A device is read by `parseDevice` for both. */
export const settings = {
  threads: positive,
  maxTokens: positive,
  dimensions: positive,
  topK: positive,
  limit: positive,
  cacheSize: countable,
  kind: oneOf(repositoryKinds),
  precision: oneOf(precisions),
  quantize: oneOf(quantizations),
  estimator: oneOf(learnerBackends),
} satisfies { [Key in Described<Omit<MeasureChoice, "device">>]: Setting<Required<MeasureChoice>[Key]> };

/**
 * Checks the value of a setting that a program gives; undefined, where it gives none, is right.
 * @throws InputError naming the setting, its value and what was expected
 */
export function checkSetting(name: string, value: unknown, setting: AnySetting): void {
  if (value === undefined) return;
  switch (setting.kind) {
    case "number":
      if (typeof value === "number" && setting.fits(value)) return;
      throw new InputError(`${name}: ${JSON.stringify(value)} is given; expected ${setting.expected}`);
    case "name": {
      const { names } = setting;
      if (names.some((one) => one === value)) return;
      const hint = typeof value === "string" ? didYouMean(value, names) : "";
      throw new InputError(`${name}: ${JSON.stringify(value)} is unknown${hint}; expected one of ${names.join(", ")}`);
    }
    default:
      setting satisfies never;
  }
}
