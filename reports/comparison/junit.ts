import { escapeHtml } from "../html.ts";
import { percent } from "../table.ts";
import type { Comparison, JudgedDifference } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";
import type { Gated } from "./gated.ts";
import { confidenceText, intervalText, pValueText, runText, signedPoints, unsureText } from "./wording.ts";

/** Escapes text for an attribute or an element; characters that XML 1.0 does not have become blanks. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return escapeHtml(text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, " "));
}

type Properties = readonly (readonly [name: string, value: string | number])[];

interface Case {
  readonly group: string;
  readonly name: string;
  /** Absent where nothing took time, or nobody knows how much. */
  readonly seconds?: number | undefined;
  readonly properties?: Properties;
  /** Absent where it passed. */
  readonly outcome?: readonly ["failure" | "skipped", reason: string];
  /** What is shown beside a case, failed or not. */
  readonly said?: string;
}

const isFailure = ({ outcome }: Case): boolean => outcome?.[0] === "failure";
const isSkipped = ({ outcome }: Case): boolean => outcome?.[0] === "skipped";

const timeXml = (seconds: number | undefined): string => (seconds === undefined ? "" : ` time="${seconds.toFixed(3)}"`);

function propertiesXml(properties: Properties, indent: string): string {
  if (properties.length === 0) return "";
  const lines = properties.map(
    ([name, value]) => `${indent}  <property name="${escapeXml(name)}" value="${escapeXml(String(value))}"/>\n`,
  );
  return `${indent}<properties>\n${lines.join("")}${indent}</properties>\n`;
}

/** Writes a reason as attribute and as text: some readers show the one, some the other. */
const outcomeXml = (kind: string, reason: string): string =>
  `      <${kind} message="${escapeXml(reason)}">${escapeXml(reason)}</${kind}>\n`;

function caseXml({ group, name, seconds, properties = [], outcome, said }: Case): string {
  const opened = `    <testcase classname="${escapeXml(group)}" name="${escapeXml(name)}"${timeXml(seconds)}`;
  const inner = [
    propertiesXml(properties, "      "),
    outcome === undefined ? "" : outcomeXml(...outcome),
    said === undefined ? "" : `      <system-out>${escapeXml(said)}</system-out>\n`,
  ].join("");
  return inner === "" ? `${opened}/>\n` : `${opened}>\n${inner}    </testcase>\n`;
}

/** Counts the cases, and adds up their times, as attributes. */
const counts = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${cases.filter(isFailure).length}" errors="0" ` +
  `skipped="${cases.filter(isSkipped).length}"${timeXml(cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0))}`;

const suiteXml = (name: string, cases: readonly Case[], properties: Properties = []): string =>
  `  <testsuite name="${escapeXml(name)}" ${counts(cases)}>\n${propertiesXml(properties, "    ")}` +
  `${cases.map(caseXml).join("")}  </testsuite>\n`;

/** Formats a score or a difference in percent and points for programs, with a plain minus sign. */
const number = (score: number): string => (score * 100).toFixed(4);

const figuresOf = ({ base, candidate, difference, interval, pValue, verdict }: JudgedDifference): Properties => [
  ["base", number(base)],
  ["candidate", number(candidate)],
  ["difference", number(difference)],
  ...(interval
    ? ([
        ["low", number(interval[0])],
        ["high", number(interval[1])],
      ] as const)
    : []),
  ...(pValue === undefined ? [] : [["p", pValue] as const]),
  ["verdict", verdict],
];

const surenessText = (one: JudgedDifference, comparison: Comparison): string =>
  one.interval
    ? `${confidenceText(comparison)} interval ${intervalText(one)}${one.pValue === undefined ? "" : `, p ${pValueText(one)}`}`
    : unsureText(comparison);

/** What a case is of: a task, or a mean, which took no time of its own. */
type CaseName = Pick<Case, "group" | "name" | "seconds">;

function caseOf(one: JudgedDifference, about: CaseName, comparison: Comparison, fails: boolean): Case {
  const figures = `${signedPoints(one.difference)} points, ${surenessText(one, comparison)}`;
  return {
    ...about,
    properties: figuresOf(one),
    ...(fails ? { outcome: ["failure", `${one.verdict}: ${figures}`] as const } : {}),
    said: `base ${percent(one.base)}, candidate ${percent(one.candidate)}: ${figures}: ${one.verdict}`,
  };
}

/** Returns the cases of a comparison: tasks, and rules. */
function casesOf({ comparison, gate }: Gated): { readonly tasks: readonly Case[]; readonly rules: readonly Case[] } {
  const { tasks, incomparable, overall, stopped } = comparison;
  const judged = (one: JudgedDifference, about: CaseName): Case =>
    caseOf(one, about, comparison, gate.rules.length === 0 && one.verdict === "worse");
  const compared = [
    ...tasks.map((one) => judged(one, { group: one.type, name: one.task, seconds: one.evaluationSeconds.candidate })),
    // Of a run that stopped early without rules no task is judged, and the mean is.
    ...(stopped && overall ? [judged(overall, { group: "mean", name: "Mean (Task)" })] : []),
  ];
  const skipped = incomparable.map(
    ({ task, type, reason }): Case => ({ group: type, name: task, outcome: ["skipped", `not comparable: ${reason}`] }),
  );
  const rules = outcomesOf(gate).map(
    ({ rule, tripped, reasons }): Case => ({
      group: "gate",
      name: rule,
      ...(tripped ? { outcome: ["failure", reasons.join("; ")] } : {}),
    }),
  );
  return { tasks: [...compared, ...skipped], rules };
}

const aboutOf = ({ base, candidate, confidence, resamples, seed, stopped, candidates }: Comparison): Properties => [
  ["base", `${base.model}@${base.revision}`],
  ["candidate", `${candidate.model}@${candidate.revision}`],
  ["confidence", confidence],
  ["resamples", resamples],
  ["seed", seed],
  ...(candidates === undefined ? [] : [["candidates", candidates] as const]),
  ...Object.entries(stopped ?? {}),
];

/**
 * Writes comparisons as JUnit XML: for each a suite with a case for each task, and one with a case for each rule. Rules that
 * tripped fail; without rules, tasks that became worse do, and Mean (Task) of a run that stopped early. Tasks that cannot be
 * compared are skipped. The time of a case is that of the candidate's evaluation; its properties are scores in percent,
 * differences and intervals in points.
 */
export function severalJunit(gated: readonly Gated[]): string {
  const suites = gated.map((one) => {
    const { base, candidate } = one.comparison;
    const title = `${runText(candidate)} against ${runText(base)}`;
    const { tasks, rules } = casesOf(one);
    const gate = gated.length === 1 ? "gate" : `gate: ${title}`;
    const xml = [suiteXml(title, tasks, aboutOf(one.comparison)), ...(rules.length > 0 ? [suiteXml(gate, rules)] : [])];
    return { xml, cases: [...tasks, ...rules] };
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="pramana compare" ${counts(suites.flatMap(({ cases }) => cases))}>\n`,
    ...suites.flatMap(({ xml }) => xml),
    "</testsuites>\n",
  ].join("");
}

/** Writes one comparison as `severalJunit` does several. */
export const comparisonJunit = (comparison: Comparison, gate: Gate): string => severalJunit([{ comparison, gate }]);
