import { count } from "../../datasets/shown.ts";
import { partsOf } from "../../tasks/aggregates.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { Comparison, JudgedDifference } from "./comparison.ts";
import { taskRows } from "./rows.ts";
import type { Rule } from "./rule.ts";
import { signedPoints } from "./wording.ts";

/** A rule that a comparison breaks. */
export interface Trip {
  readonly rule: Rule;
  /** For people: the differences that break it, or why nobody can tell that none does. */
  readonly reasons: readonly string[];
}

/** The rules that were given, and those of them that tripped. */
export interface Gate {
  readonly rules: readonly Rule[];
  readonly trips: readonly Trip[];
}

/** Tells whether a difference is on the side of a limit that a sign names; both in points. */
export const signs = {
  "<": (difference: number, limit: number) => difference < limit,
  "<=": (difference: number, limit: number) => difference <= limit,
  ">": (difference: number, limit: number) => difference > limit,
  ">=": (difference: number, limit: number) => difference >= limit,
} satisfies Record<Rule["sign"], (difference: number, limit: number) => boolean>;

/** `open`: it may trip or pass, once more units are scored. */
export type RuleState = "trips" | "passes" | "open";

/** Returns points without the last bits, which sums of scores with six places have. */
const pointsOf = (difference: number): number => Math.round(difference * 1e10) / 1e8;

/** Holds a difference against the limit of a rule. */
export const crosses = ({ sign, points }: Rule, difference: number): boolean =>
  signs[sign](pointsOf(difference), points);

/**
 * Holds an interval against a rule: it trips or passes once the whole interval does.
 * @param isSure The interval lies on one side of 0.
 */
export function stateOf(
  rule: Rule,
  interval: readonly [low: number, high: number] | undefined,
  isSure: boolean,
): RuleState {
  if (interval === undefined) return "open";
  const ends = interval.map((end) => crosses(rule, end));
  if (ends.every((one) => !one)) return "passes";
  return ends.every((one) => one) && (isSure || !rule.significant) ? "trips" : "open";
}

/** A difference that a rule is held against. */
type Subject = JudgedDifference & { readonly name: string };

/** The differences that a rule is held against, and the reasons why some may be missing. */
interface Scope {
  readonly subjects: readonly Subject[];
  readonly gaps: readonly string[];
}

/** Returns the reason why a rule on several tasks cannot be decided, where some of them cannot be compared. */
function gapsOf(compared: number, incomparable: Comparison["incomparable"], none: string): string[] {
  if (compared + incomparable.length === 0) return [none];
  if (incomparable.length === 0) return [];
  const names = incomparable.map(({ task }) => task).join(", ");
  const all = count(compared + incomparable.length, "task");
  return [`${incomparable.length} of ${all} cannot be compared: ${names}; --tasks names those that count`];
}

function scopeOf({ subject }: Rule, comparison: Comparison): Scope {
  const { tasks, types, overall, incomparable } = comparison;
  const gaps = gapsOf(tasks.length, incomparable, "no task was compared");
  if (subject === "any") return { subjects: taskRows(comparison), gaps };
  if (subject === "overall") return { subjects: overall ? [{ ...overall, name: subject }] : [], gaps };
  if (publishedTypes.some(({ type }) => type === subject)) {
    const own = types.filter(({ type }) => type === subject).map((one) => ({ ...one, name: subject }));
    const without = incomparable.filter(({ type }) => type === subject);
    return { subjects: own, gaps: gapsOf(own[0]?.tasks ?? 0, without, `neither run has a result of type ${subject}`) };
  }
  const found = tasks.find(({ task }) => task === subject);
  if (found) return { subjects: [{ ...found, name: subject }], gaps: [] };
  const gap = incomparable.find(({ task }) => task === subject);
  if (gap) return { subjects: [], gaps: [`${subject} cannot be compared: ${gap.reason}`] };
  const whole = [...tasks, ...incomparable].find(({ task }) => partsOf(task).includes(subject));
  const gone =
    whole === undefined
      ? `neither run has a result of ${subject}`
      : `${subject} counts within ${whole.task} here; --tasks compares it by itself`;
  return { subjects: [], gaps: [gone] };
}

/** Says what of a run that stopped early trips a rule; what its units leave open does too. */
function breaksEarly(rule: Rule, { name, difference, interval, verdict }: Subject): string[] {
  const state = stateOf(rule, interval, verdict === "better" || verdict === "worse");
  if (state === "passes") return [];
  const text = `${name} ${signedPoints(difference)}`;
  if (interval === undefined) return [`${text}, and nobody can tell how sure that is`];
  const sure = `from ${signedPoints(interval[0])} to ${signedPoints(interval[1])}`;
  return [state === "trips" ? `${text}, ${sure}` : `${text}, ${sure}: the units that were scored leave it open`];
}

function breaks(rule: Rule, subject: Subject): string[] {
  const { significant } = rule;
  if (!crosses(rule, subject.difference)) return [];
  const text = `${subject.name} ${signedPoints(subject.difference)}`;
  if (!significant) return [text];
  if (subject.verdict === "unknown")
    return [`${text}, and without samples nobody can tell whether that is significant`];
  return subject.verdict === "no difference" ? [] : [`${text}, ${subject.verdict}`];
}

/**
 * Returns the rules that a comparison breaks, in their order. A rule trips too where it cannot be decided: its subject is
 * not there or has tasks that cannot be compared, or its limit is crossed and no samples show whether significantly. Of a run
 * that stopped early the intervals count, and what they leave open trips.
 */
export function trips(rules: readonly Rule[], comparison: Comparison): Trip[] {
  return rules.flatMap((rule) => {
    const { subjects, gaps } = scopeOf(rule, comparison);
    const broken = comparison.stopped === undefined ? breaks : breaksEarly;
    const reasons = [...subjects.flatMap((subject) => broken(rule, subject)), ...gaps];
    return reasons.length > 0 ? [{ rule, reasons }] : [];
  });
}

/** A rule as it was written, with the reasons for which it tripped; none where it passed. */
interface RuleOutcome {
  readonly rule: string;
  readonly tripped: boolean;
  readonly reasons: readonly string[];
}

/** Returns the outcome of each rule, in their order. */
export const outcomesOf = ({ rules, trips }: Gate): RuleOutcome[] =>
  rules.map((rule) => {
    const trip = trips.find((one) => one.rule === rule);
    return { rule: rule.text, tripped: trip !== undefined, reasons: trip?.reasons ?? [] };
  });
