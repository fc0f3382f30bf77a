/** @import { Format, Value } from "../shape.ts" */

/** Text of a cell without a value. */
export const noValue = "—";

/**
 * Formats a number of parameters as the published tables do: `335M`, `7.1B`.
 *
 * @param {number} parameters
 */
export function sizeText(parameters) {
  const millions = Math.round(parameters / 1e6);
  if (millions < 1) return `${(parameters / 1e6).toFixed(1)}M`;
  return millions < 1000 ? `${millions}M` : `${(parameters / 1e9).toFixed(1)}B`;
}

/**
 * Formats a number with three digits or more; one below 1 with three decimals.
 *
 * @param {number} value
 */
export const threeDigits = (value) => value.toFixed(value < 1 ? 3 : value < 10 ? 2 : value < 100 ? 1 : 0);

/**
 * Formats a whole number, its digits in groups of three.
 *
 * @param {number} value
 */
export const grouped = (value) => String(value).replace(/\B(?=(\d{3})+$)/g, ",");

/** Bytes of a megabyte, as memory is counted. */
export const megabyte = 2 ** 20;

/** @type {Record<Exclude<Format, "link" | "text">, (value: number) => string>} */
const numberTexts = {
  score: (value) => value.toFixed(2),
  size: sizeText,
  whole: (value) => grouped(Math.round(value)),
  digits: threeDigits,
  megabytes: (value) => grouped(Math.round(value / megabyte)),
};

/**
 * Writes a value for people.
 *
 * @param {Value | undefined} value
 * @param {Format} format
 */
export function valueText(value, format) {
  if (value === null || value === undefined) return noValue;
  if (format === "link") return String(value).replace(/^https?:\/\/([^/]*).*$/, "$1");
  if (format === "text" || typeof value === "string") return String(value);
  return numberTexts[format](value);
}

/**
 * Counts things: `1 model`, `2 models`.
 *
 * @param {number} amount
 * @param {string} one
 */
export const counted = (amount, one) => `${grouped(amount)} ${one}${amount === 1 ? "" : "s"}`;

/**
 * Writes a difference with its sign.
 *
 * @param {number} value
 */
export const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : "±"}${Math.abs(value).toFixed(2)}`;

/**
 * Writes a value with one decimal.
 *
 * @param {number} value
 */
export const oneDigit = (value) => `${value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}`;

/**
 * Writes a change with its sign and one decimal.
 *
 * @param {number} value
 */
export const signedDigit = (value) => {
  const text = Math.abs(value).toFixed(1);
  return `${value < 0 && Number(text) > 0 ? "−" : "+"}${text}`;
};

/**
 * Quotes a field of CSV (RFC 4180). A text that a spreadsheet would take for a formula gets an apostrophe in front (OWASP,
 * "CSV injection"): names in results are not the user's own.
 *
 * @param {string | number | null} value
 */
function csvField(value) {
  const text = typeof value === "string" ? value.replace(/^[=+\-@\t\r]/, "'$&") : value === null ? "" : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes comma-separated values (RFC 4180); null is an empty field.
 *
 * @param {readonly (readonly (string | number | null)[])[]} rows
 */
export function csv(rows) {
  return rows.map((row) => `${row.map(csvField).join(",")}\r\n`).join("");
}
