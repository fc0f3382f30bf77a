import { InputError } from "../datasets/errors.ts";
import type { ConfigValues } from "../models/repository/known-configs.ts";

/** A whole number above 0. */
export function positive(text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InputError("A whole number above 0 was expected.");
}

/** A whole number, 0 or above. */
export function seedNumber(text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw new InputError("A whole number, 0 or above, was expected.");
}

/** Whole numbers above 0, separated by commas. */
export const positives = (text: string): number[] => text.split(",").map((one) => positive(one.trim()));

/** A number of points, 0 or above. */
export function points(text: string): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isFinite(number) && number >= 0) return number;
  throw new InputError("A number of points, 0 or above, was expected.");
}

/** A number of seconds above 0. */
export function seconds(text: string): number {
  const number = Number(text);
  if (text.trim() !== "" && Number.isFinite(number) && number > 0) return number;
  throw new InputError("A number of seconds above 0 was expected.");
}

/** A folder; an empty one, as of a shell's variable that is not set, would be the folder one is in. */
export function folder(text: string): string {
  if (text.trim() !== "") return text;
  throw new InputError("A folder was expected, and nothing was given.");
}

/** Names, separated by commas. */
export const names = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Adds `key=value` to what was given before, the value as JSON or as it is. */
export function configValue(setting: string, values: ConfigValues = {}): ConfigValues {
  const [, key, value] = /^(\w+)=(.*)$/.exec(setting) ?? [];
  if (key === undefined || value === undefined) throw new InputError("key=value was expected.");
  const plain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(value) ? JSON.parse(value) : value;
  return { ...values, [key]: plain };
}

const units = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;

/** A number of bytes, such as `20GB` or `500 MB` (powers of 1000); 0 counts. */
export function size(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * units[unit.toUpperCase() as keyof typeof units]);
  if (number !== "" && Number.isSafeInteger(bytes)) return bytes;
  throw new InputError("A size such as 20GB or 500MB was expected, or 0.");
}
