import { escapeHtml } from "../html.ts";
import type { Comparison, TaskComparison } from "./comparison.ts";
import { type Gate, outcomesOf } from "./gate.ts";
import { intervalText, pValueText, runText, signedPoints } from "./wording.ts";

/** Escapes text for an attribute; characters that XML 1.0 does not have become blanks. */
function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
  return escapeHtml(text.replace(/[\u0000-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu, " "));
}

interface Case {
  readonly group: string;
  readonly name: string;
  /** Absent where it passed. */
  readonly outcome?: readonly ["failure" | "skipped", reason: string];
}

const isFailure = ({ outcome }: Case): boolean => outcome?.[0] === "failure";
const isSkipped = ({ outcome }: Case): boolean => outcome?.[0] === "skipped";

function caseXml({ group, name, outcome }: Case): string {
  const opened = `    <testcase classname="${escapeXml(group)}" name="${escapeXml(name)}" time="0"`;
  if (outcome === undefined) return `${opened}/>\n`;
  return `${opened}>\n      <${outcome[0]} message="${escapeXml(outcome[1])}"/>\n    </testcase>\n`;
}

/** Counts the cases, as attributes. */
const counts = (cases: readonly Case[]): string =>
  `tests="${cases.length}" failures="${cases.filter(isFailure).length}" errors="0" ` +
  `skipped="${cases.filter(isSkipped).length}" time="0"`;

const suiteXml = (name: string, cases: readonly Case[]): string =>
  `  <testsuite name="${escapeXml(name)}" ${counts(cases)}>\n${cases.map(caseXml).join("")}  </testsuite>\n`;

const worseText = (one: TaskComparison): string =>
  `worse: ${signedPoints(one.difference)} points, interval ${intervalText(one)}, p ${pValueText(one)}`;

/**
 * Writes a comparison as JUnit XML: a case for each task and each rule. Rules that tripped fail; without rules, tasks that
 * became worse do. Tasks that cannot be compared are skipped.
 */
export function comparisonJunit(comparison: Comparison, gate: Gate): string {
  const { base, candidate, tasks, incomparable } = comparison;
  const compared = tasks.map((one): Case => {
    const fails = gate.rules.length === 0 && one.verdict === "worse";
    return { group: one.type, name: one.task, ...(fails ? { outcome: ["failure", worseText(one)] } : {}) };
  });
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
  const title = `${runText(candidate)} against ${runText(base)}`;
  const all = [...compared, ...skipped];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites name="pramana compare" ${counts([...all, ...rules])}>\n`,
    suiteXml(title, all),
    ...(rules.length > 0 ? [suiteXml("gate", rules)] : []),
    "</testsuites>\n",
  ].join("");
}
