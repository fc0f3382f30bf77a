import { InputError } from "../datasets/errors.ts";
import type { ConfigValues } from "../models/repository/known-configs.ts";
import { type NumberSetting, positive } from "../runners/setting.ts";
import type { HowMuch } from "../runners/verify/recompute.ts";

export const points: NumberSetting = {
  kind: "number",
  expected: "a number of points, 0 or above",
  fits: (value) => Number.isFinite(value) && value >= 0,
};

export const errorLevel: NumberSetting = {
  kind: "number",
  expected: "a probability of error from 0.001 to 0.2, such as 0.05",
  fits: (value) => value >= 0.001 && value <= 0.2,
};

export const seconds: NumberSetting = {
  kind: "number",
  expected: "a number of seconds above 0",
  fits: (value) => Number.isFinite(value) && value > 0,
};

export const port: NumberSetting = {
  kind: "number",
  expected: "a port from 1 to 65535",
  fits: (value) => Number.isInteger(value) && value >= 1 && value <= 65535,
};

/** Reads one of a setting's numbers. */
export function readNumber(text: string, { expected, fits }: NumberSetting): number {
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (fits(number)) return number;
  const end = expected.includes(",") ? ", was expected." : " was expected.";
  throw new InputError(`${expected[0].toUpperCase()}${expected.slice(1)}${end}`);
}

/** Reads whole numbers above 0, separated by commas. */
export const positives = (text: string): number[] => text.split(",").map((one) => readNumber(one.trim(), positive));

/** A number of any kind; what reads the list knows which are right. */
const anyNumber: NumberSetting = { kind: "number", expected: "a number", fits: Number.isFinite };

/** Reads numbers, separated by commas. */
export const numbers = (text: string): number[] => text.split(",").map((one) => readNumber(one.trim(), anyNumber));

/** Reads a share such as `1%`, or a whole number above 0. */
export function howMuch(text: string): HowMuch {
  const [, percent = "", number = ""] = /^(?:(\d+(?:\.\d+)?)\s*%|(\d+))$/.exec(text.trim()) ?? [];
  const share = Number(percent) / 100;
  if (share > 0 && share <= 1) return { share };
  if (Number(number) > 0 && Number.isSafeInteger(Number(number))) return { units: Number(number) };
  throw new InputError("A share such as 1%, up to 100%, or a whole number above 0 was expected.");
}

/** Reads the name of a folder. An empty one, as of a variable that is not set, would be the working directory. */
export function folder(text: string): string {
  if (text.trim() !== "") return text;
  throw new InputError("A folder was expected, and nothing was given.");
}

/** Reads names, separated by commas. */
export const names = (text: string): string[] =>
  text
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

/** Adds `key=value` to those that were given before, the value as JSON or as it is. */
export function configValue(setting: string, values: ConfigValues = {}): ConfigValues {
  const [, key, value] = /^(\w+)=(.*)$/.exec(setting) ?? [];
  if (key === undefined || value === undefined) throw new InputError("key=value was expected.");
  const plain = /^(true|false|null|-?\d+(\.\d+)?)$/.test(value) ? JSON.parse(value) : value;
  return { ...values, [key]: plain };
}

const units = { "": 1, K: 1e3, M: 1e6, G: 1e9, T: 1e12 } as const;

/** Reads a number of bytes, 0 or above, such as `20GB` or `500 MB` (powers of 1000). */
export function size(text: string): number {
  const [, number = "", unit = ""] = /^(\d+(?:\.\d+)?)\s*([KMGT]?)B?$/i.exec(text.trim()) ?? [];
  const bytes = Math.round(Number(number) * units[unit.toUpperCase() as keyof typeof units]);
  if (number !== "" && Number.isSafeInteger(bytes)) return bytes;
  throw new InputError("A size such as 20GB or 500MB was expected, or 0.");
}
