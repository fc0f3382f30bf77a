import { count } from "../../datasets/shown.ts";
import { runText, signedPoints } from "../comparison/wording.ts";
import { grouped, toPercent } from "../table.ts";
import type { Seen, Standing, Stopping } from "./stopping.ts";

/** A comparison that stopped, or came to its end. */
export interface Stopped extends Pick<Stopping, "error" | "looks"> {
  readonly base: Pick<Stopping["base"], "model" | "revision">;
  readonly seen: Seen;
}

const decimals = (value: number): string => String(Number((100 * value).toPrecision(3)));

/** Writes a part of a number of units or texts: `1,240 of 12,900 units (9.6 %)`. */
export const shareText = ([part, all]: readonly [number, number], noun: string): string =>
  `${grouped(part)} of ${grouped(all)} ${noun} (${((100 * part) / all).toFixed(1)} %)`;

const subjectText = (name: string): string => (name === "overall" ? "Mean (Task)" : name);

/** Says how a subject stands, in one sentence without its end. */
function standingText({ name, difference, interval, verdict }: Standing, error: number): string {
  const words = verdict === "not sure" ? "not sure which is better" : verdict;
  const found = `${subjectText(name)}: ${words}: ${signedPoints(difference)} points`;
  if (interval === undefined) return `${found}; how sure that is cannot be told`;
  const by = (value: number): string => (100 * Math.abs(value)).toFixed(2);
  const sure = `with error at most ${decimals(error)} %`;
  if (verdict === "worse") return `${found}, at least ${by(interval[1])} worse ${sure}`;
  if (verdict === "better") return `${found}, at least ${by(interval[0])} better ${sure}`;
  return `${found} so far, from ${signedPoints(interval[0])} to ${signedPoints(interval[1])} ${sure}`;
}

/** Says how all subjects stand at a look, on one line. */
export const lookText = ({ seen, error }: Pick<Stopped, "seen" | "error">): string =>
  `after ${shareText(seen.units, "units")}: ${seen.standings.map((one) => standingText(one, error)).join("; ")}`;

/** Says what came of a comparison that stops when it is sure, a line each. */
export function stoppedLines({ base, looks, error, seen }: Stopped): readonly string[] {
  const { rules, standings, units, texts, isLast } = seen;
  const tripped = rules.filter(({ state }) => state === "trips");
  const where = isLast
    ? `All ${grouped(units[1])} units were scored`
    : `Stopped at look ${seen.look} of ${looks.length}, after ${shareText(units, "units")}`;
  const given = isLast || texts === undefined ? "" : `, ${shareText(texts, "texts")}`;
  return [
    `Against ${runText(base)}:`,
    ...standings.map((one) => standingText(one, error)),
    `${where}${given}.`,
    ...(standings.length > 1
      ? [`The error is that of all ${standings.length} statements and ${count(looks.length, "look")} together.`]
      : []),
    ...(rules.length === 0
      ? []
      : [
          tripped.length === 0
            ? `Gate passed: ${rules.map(({ rule }) => rule.text).join("; ")}`
            : `Gate failed: ${tripped.map(({ rule }) => rule.text).join("; ")}`,
        ]),
    ...(isLast
      ? []
      : ["The scores are of a share of the units: the same command without --stop-when-sure scores all."]),
  ];
}

/** Returns what programs are told: differences in points. */
export function stoppedFacts({ base, looks, error, seen }: Stopped) {
  return {
    base: `${base.model}@${base.revision}`,
    error,
    look: seen.look,
    looks: looks.length,
    units: seen.units[0],
    ofUnits: seen.units[1],
    texts: seen.texts?.[0] ?? null,
    ofTexts: seen.texts?.[1] ?? null,
    subjects: seen.standings.map(({ name, difference, interval, verdict }) => ({
      subject: name,
      difference: toPercent(difference),
      low: toPercent(interval?.[0]),
      high: toPercent(interval?.[1]),
      verdict,
    })),
    rules: seen.rules.map(({ rule, state }) => ({ rule: rule.text, tripped: state === "trips" })),
  };
}
