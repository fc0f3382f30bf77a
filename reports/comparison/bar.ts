import { escapeHtml } from "../html.ts";
import type { Difference, Verdict } from "./comparison.ts";
import { intervalText, signedPoints } from "./wording.ts";

const width = 180;
const height = 18;
const margin = 6;

/** The greatest distance from 0 of some differences and their intervals; a scale that all bars share. */
export function reachOf(differences: readonly Difference[]): number {
  const ends = differences.flatMap(({ difference, interval = [0, 0] }) => [difference, ...interval]);
  return Math.max(0, ...ends.map(Math.abs));
}

/** A name of a verdict as a class. */
export const verdictClass = (verdict: Verdict): string => verdict.replace(" ", "-");

/**
 * A difference as a drawing: a line at 0, the interval as a bar, the difference as a dot.
 *
 * @param reach The difference at either end, above 0.
 */
export function differenceBar(one: Difference & { readonly verdict: Verdict }, reach: number): string {
  const x = (value: number): string => (width / 2 + (value / reach) * (width / 2 - margin)).toFixed(1);
  const middle = height / 2;
  const label = `${signedPoints(one.difference)}${one.interval ? `, interval ${intervalText(one)}` : ""}`;
  const interval = one.interval
    ? `<line class="interval" x1="${x(one.interval[0])}" x2="${x(one.interval[1])}" y1="${middle}" y2="${middle}"/>`
    : "";
  return (
    `<svg class="${verdictClass(one.verdict)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `role="img" aria-label="${escapeHtml(label)}">` +
    `<line class="zero" x1="${width / 2}" x2="${width / 2}" y1="0" y2="${height}"/>${interval}` +
    `<circle cx="${x(one.difference)}" cy="${middle}" r="3.5"/></svg>`
  );
}
