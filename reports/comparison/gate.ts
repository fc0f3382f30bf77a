import { count } from "../../datasets/shown.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { Comparison, Difference, Verdict } from "./comparison.ts";
import type { Rule } from "./rule.ts";
import { signedPoints } from "./wording.ts";

/** A rule that a comparison breaks. */
export interface Trip {
  readonly rule: Rule;
  /** For people: what breaks it, or why it cannot be told that nothing does. */
  readonly reasons: readonly string[];
}

/** The rules that were given, and those of them that tripped. */
export interface Gate {
  readonly rules: readonly Rule[];
  readonly trips: readonly Trip[];
}

const signs = {
  "<": (difference: number, limit: number) => difference < limit,
  "<=": (difference: number, limit: number) => difference <= limit,
  ">": (difference: number, limit: number) => difference > limit,
  ">=": (difference: number, limit: number) => difference >= limit,
} satisfies Record<Rule["sign"], (difference: number, limit: number) => boolean>;

/** Something that a rule speaks of. */
type Subject = Difference & { readonly name: string; readonly verdict: Verdict };

/** The differences that a rule is held against, and why it cannot be told that there are no more. */
interface Matter {
  readonly subjects: readonly Subject[];
  readonly gaps: readonly string[];
}

/** Why a rule on several tasks cannot be told, where some of them cannot be compared. */
function gapsOf(compared: number, incomparable: Comparison["incomparable"], none: string): string[] {
  if (compared + incomparable.length === 0) return [none];
  if (incomparable.length === 0) return [];
  const names = incomparable.map(({ task }) => task).join(", ");
  const all = count(compared + incomparable.length, "task");
  return [`${incomparable.length} of ${all} cannot be compared: ${names}; --tasks names those that count`];
}

function matterOf({ subject }: Rule, comparison: Comparison): Matter {
  const { tasks, types, overall, incomparable } = comparison;
  const gaps = gapsOf(tasks.length, incomparable, "no task was compared");
  if (subject === "any") return { subjects: tasks.map((one) => ({ ...one, name: one.task })), gaps };
  if (subject === "overall") return { subjects: overall ? [{ ...overall, name: subject }] : [], gaps };
  if (publishedTypes.some(({ type }) => type === subject)) {
    const own = types.filter(({ type }) => type === subject).map((one) => ({ ...one, name: subject }));
    const without = incomparable.filter(({ type }) => type === subject);
    return { subjects: own, gaps: gapsOf(own[0]?.tasks ?? 0, without, `there is no task of ${subject}`) };
  }
  const found = tasks.find(({ task }) => task === subject);
  if (found) return { subjects: [{ ...found, name: subject }], gaps: [] };
  const gap = incomparable.find(({ task }) => task === subject);
  if (gap) return { subjects: [], gaps: [`${subject} cannot be compared: ${gap.reason}`] };
  const names = ["overall", "any", ...publishedTypes.map(({ type }) => type), ...tasks.map(({ task }) => task)];
  return { subjects: [], gaps: [`there is no task or type ${subject}${didYouMean(subject, names)}`] };
}

/** Points without the last bits, which sums of scores with six places have. */
const pointsOf = ({ difference }: Difference): number => Math.round(difference * 1e10) / 1e8;

function breaks({ sign, points, significant }: Rule, subject: Subject): string[] {
  const difference = pointsOf(subject);
  if (!signs[sign](difference, points)) return [];
  const text = `${subject.name} ${signedPoints(subject.difference)}`;
  if (!significant) return [text];
  if (subject.verdict === "unknown")
    return [`${text}, and without samples nobody can tell whether that is significant`];
  return subject.verdict === "no difference" ? [] : [`${text}, ${subject.verdict}`];
}

/**
 * The rules that a comparison breaks, in their order. A rule trips too where it cannot be told: where what it speaks of
 * is not there, or has tasks that cannot be compared, or where its limit is crossed and no samples say whether
 * significantly.
 */
export function trips(rules: readonly Rule[], comparison: Comparison): Trip[] {
  return rules.flatMap((rule) => {
    const { subjects, gaps } = matterOf(rule, comparison);
    const reasons = [...subjects.flatMap((subject) => breaks(rule, subject)), ...gaps];
    return reasons.length > 0 ? [{ rule, reasons }] : [];
  });
}
