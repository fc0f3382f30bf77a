import { count, plainText } from "../datasets/shown.ts";
import type { CheckedTask } from "../runners/check.ts";
import type { StoredResult } from "../runners/results/read-results.ts";
import { describeFinding, joinFindings } from "../tasks/findings/describe.ts";
import { type Finding, findingKinds } from "../tasks/findings/kinds.ts";
import { placesOf } from "../tasks/places.ts";
import type { RequiredTask } from "./required.ts";
import { withoutLines } from "./scores-without.ts";
import { linesText } from "./table.ts";
import { wrapText } from "./wrap.ts";

/** A task with what is peculiar about its rows, the gravest first. */
export interface TaskFindings {
  readonly task: string;
  readonly findings: readonly Finding[];
}

/**
 * Lists the tasks about whose rows something is peculiar, in the order of `tasks`: as the first result that says so says
 * it. Results of one revision of the data say the same.
 */
export function findingsByTask(results: readonly StoredResult[], tasks: readonly RequiredTask[]): TaskFindings[] {
  const first = new Map<string, StoredResult>();
  for (const one of results) {
    if (one.result.findings !== undefined && !first.has(one.result.task)) first.set(one.result.task, one);
  }
  return tasks.flatMap(({ name, splits, subsets }) => {
    const found = first.get(name)?.result.findings ?? [];
    const findings = joinFindings(found, splits.length * subsets.length);
    return findings.length === 0 ? [] : [{ task: name, findings }];
  });
}

/** Number of tasks that a note names. */
const namedTasks = 3;

/** Sums up findings in one line, with the gravest of the first tasks; no line where there are none. */
export function findingsNote(found: readonly TaskFindings[]): string[] {
  if (found.length === 0) return [];
  const named = found.slice(0, namedTasks).map(({ task, findings: [gravest, ...others] }) => {
    const more = others.length > 0 ? ` and ${others.length} more` : "";
    return `${task} (${findingKinds[gravest.kind].title}: ${gravest.count}${more})`;
  });
  const rest = found.length > namedTasks ? `; and ${count(found.length - namedTasks, "task")} more` : "";
  return [`findings in the data of ${count(found.length, "task")} (pramana check): ${named.join("; ")}${rest}`];
}

const placeCount = ({ task }: CheckedTask): number => placesOf(task).length;

const isSuspicion = ({ kind }: Finding): boolean => "isSuspicion" in findingKinds[kind];

/** Says how many findings of a kind independent errors of the models would have made. */
function expectedText({ kind }: Finding, { expected }: CheckedTask): string {
  const own = expected[kind];
  return own === undefined ? "" : `; if the models erred independently, ${own.toFixed(1)} were to be expected`;
}

const findingLines = (findings: readonly Finding[], checked: CheckedTask): string[] =>
  findings.flatMap((finding) => [
    `  ${describeFinding(finding)}`,
    `    ${findingKinds[finding.kind].effect}${expectedText(finding, checked)}`,
  ]);

/** Writes the findings of each task, with what follows from each for the scores. */
export function checkText(checked: readonly CheckedTask[], width?: number): string {
  const lines = checked.flatMap((one): string[] => {
    const all = joinFindings(one.findings, placeCount(one));
    const [findings, suspicions] = [all.filter((finding) => !isSuspicion(finding)), all.filter(isSuspicion)];
    const found = [
      ...(findings.length > 0 ? [count(findings.length, "finding")] : []),
      ...(suspicions.length > 0 ? [count(suspicions.length, "suspicion")] : []),
    ];
    const summary = found.join(", ") || "nothing found";
    return [
      `${one.task.name} (${one.task.type}): ${one.failure === undefined ? summary : "cannot be checked"}`,
      ...(one.failure === undefined ? [] : [`  ${one.failure}`]),
      ...(one.otherSplits.length > 0 ? [`  compared with other splits too: ${one.otherSplits.join(", ")}`] : []),
      ...(one.models.length > 0 ? [`  models that were asked: ${one.models.join(", ")}`] : []),
      ...one.notes.map((note) => `  ${note}`),
      ...findingLines(findings, one),
      ...(suspicions.length > 0 ? ["  To look at, for it may be right as it is:"] : []),
      ...findingLines(suspicions, one),
      ...withoutLines(one.without, width),
    ];
  });
  return wrapText(linesText(lines.map(plainText)), width);
}

/** Writes a JSON array with an object for each task: its findings by split and subset, and why it cannot be scored, if so. */
export function checkJson(checked: readonly CheckedTask[]): string {
  const value = checked.map(({ task, findings, failure, otherSplits, models, notes, expected, without }) => ({
    task: task.name,
    type: task.type,
    dataset: task.dataset.path,
    revision: task.dataset.revision,
    failure: failure ?? null,
    otherSplits,
    models,
    notes,
    findings: findings.map((finding) => ({ ...finding, ...findingKinds[finding.kind] })),
    expected,
    without: without.map(({ kind, ...own }) => ({ kind: kind ?? null, ...own })),
  }));
  return `${JSON.stringify(value, null, 2)}\n`;
}
