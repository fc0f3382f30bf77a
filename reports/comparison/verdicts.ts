import { mean } from "../../tasks/metrics/lists.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { RequiredTask } from "../required.ts";
import type { Distinct } from "./comparable.ts";
import type { Comparison, Difference, MeanComparison, TaskComparison, Verdict } from "./comparison.ts";
import type { Evidence } from "./evidence.ts";
import type { Statistics } from "./statistics.ts";

/** Confidence of the intervals. */
export const confidence = 0.95;

/** A p-value below it is significant. */
export const significance = 0.05;

/**
 * Returns how many resamples are drawn, a multiple of the usual number: as many as let the least p-value, 2 / (1 + resamples),
 * be significant when it is corrected for `count` differences.
 */
export const enoughResamples = (usual: number, count: number): number =>
  usual * Math.max(1, Math.ceil((2 * count) / (significance * (usual + 1))));

/** Two comparable scores of a task, with the evidence of their difference. */
export interface Compared {
  readonly task: RequiredTask;
  readonly base: number;
  readonly candidate: number;
  readonly evidence: Evidence;
  readonly allowed: readonly Distinct[];
  readonly evaluationSeconds: TaskComparison["evaluationSeconds"];
}

export function verdictOf({ difference, interval, pValue }: Difference): Verdict {
  if (interval === undefined || pValue === undefined) return "unknown";
  const excluded = interval[0] > 0 || interval[1] < 0;
  if (!excluded || pValue >= significance) return "no difference";
  return difference > 0 ? "better" : "worse";
}

function summaryOf(evidence: Evidence, statistics: Statistics): Omit<Difference, "base" | "candidate" | "difference"> {
  return "draws" in evidence ? statistics.summarize(evidence.draws, confidence) : {};
}

/** Corrects the p-values of differences for their number, and adds the verdicts that follow. */
export function judge<Row extends Difference>(
  rows: readonly Row[],
  statistics: Statistics,
): (Row & { verdict: Verdict })[] {
  const known = rows.filter(({ pValue }) => pValue !== undefined);
  const corrected = statistics.holm(known.map(({ pValue }) => pValue ?? Number.NaN));
  return rows.map((row) => {
    const pValue = corrected[known.indexOf(row)];
    const judged = pValue === undefined ? row : { ...row, pValue };
    return { ...judged, verdict: verdictOf(judged) };
  });
}

/** A mean over tasks or types, with the evidence of its difference. */
interface MeanOf extends Omit<MeanComparison, "verdict"> {
  readonly evidence: Evidence;
}

type Part = Pick<MeanOf, "base" | "candidate" | "evidence" | "tasks">;

function meanOf(parts: readonly Part[], statistics: Statistics): MeanOf {
  const drawn = parts.flatMap(({ evidence }) => ("draws" in evidence ? [evidence.draws] : []));
  const evidence: Evidence =
    drawn.length === parts.length ? { draws: statistics.combine(drawn) } : { reason: "a part has none" };
  const [base, candidate] = [mean(parts.map((one) => one.base)), mean(parts.map((one) => one.candidate))];
  const tasks = parts.reduce((sum, one) => sum + one.tasks, 0);
  return { base, candidate, difference: candidate - base, tasks, evidence, ...summaryOf(evidence, statistics) };
}

function withoutEvidence<Row extends { readonly evidence: Evidence }>({ evidence: _evidence, ...row }: Row) {
  return row;
}

type Means = Pick<Comparison, "types" | "overall" | "meanType">;

function meansOf(compared: readonly Compared[], statistics: Statistics): Means {
  if (compared.length === 0) return { types: [] };
  const parts = compared.map((one) => ({ ...one, tasks: 1 }));
  const types = publishedTypes.flatMap(({ type }) => {
    const own = parts.filter(({ task }) => task.type === type);
    return own.length === 0 ? [] : [{ type, ...meanOf(own, statistics) }];
  });
  const single = (mean: MeanOf): MeanComparison => {
    const row = withoutEvidence(mean);
    return { ...row, verdict: verdictOf(row) };
  };
  return {
    types: judge(types.map(withoutEvidence), statistics),
    overall: single(meanOf(parts, statistics)),
    meanType: single(meanOf(types, statistics)),
  };
}

type Judged = Pick<Comparison, "tasks" | "types" | "overall" | "meanType">;

/** Judges the tasks and the means over them. */
export function judgeAll(compared: readonly Compared[], statistics: Statistics): Judged {
  const rows = compared.map(({ task, evidence, base, candidate, evaluationSeconds }) => ({
    task: task.name,
    type: task.type,
    base,
    candidate,
    difference: candidate - base,
    ...summaryOf(evidence, statistics),
    evaluationSeconds,
  }));
  return { tasks: judge<Omit<TaskComparison, "verdict">>(rows, statistics), ...meansOf(compared, statistics) };
}
