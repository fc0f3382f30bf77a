import { InputError, UsageError } from "../../datasets/errors.ts";
import { limitOf } from "../../runners/results/result.ts";
import type { TaskType } from "../../tasks/task.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { ChosenTask, Member } from "../comparison/chosen.ts";
import type { Rule } from "../comparison/rule.ts";
import type { RequiredTask } from "../required.ts";

/** What is held against the base: the mean over some tasks, or a single one. */
export interface Subject {
  /** `overall`, a type, or a task. */
  readonly name: string;
  readonly tasks: readonly ChosenTask[];
  /** Share of the whole error that may be spent on it; those of all subjects add up to 1. */
  readonly share: number;
}

/** Types whose score of few units is systematically another one than that of all, with the reason for people. */
const untold: Partial<Record<TaskType, string>> = {
  Clustering: "few documents are clustered otherwise than many",
  BitextMining: "among fewer texts fewer are found wrongly",
};

/** Lists the subjects of a rule, in the order of the tasks. */
function subjectsOf(
  { subject }: Pick<Rule, "subject">,
  tasks: readonly ChosenTask[],
): readonly Omit<Subject, "share">[] {
  if (subject === "overall") return [{ name: subject, tasks }];
  if (subject === "any") return tasks.map((one) => ({ name: one.task.name, tasks: [one] }));
  const isType = publishedTypes.some(({ type }) => type === subject);
  return [{ name: subject, tasks: tasks.filter(({ task }) => subject === (isType ? task.type : task.name)) }];
}

/** Lists what rules are about, each once; the mean over all tasks where there are no rules. */
export function subjectsIn(rules: readonly Rule[], tasks: readonly ChosenTask[]): readonly Subject[] {
  const asked = rules.length === 0 ? [{ subject: "overall" }] : rules;
  const all = asked.flatMap((one) => subjectsOf(one, tasks));
  const each = all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
  return each.map((one) => ({ ...one, share: 1 / each.length }));
}

/** Lists what may drop: the mean over all tasks first, which has half of the error, and each task; a single one has all of it. */
export function droppingIn(tasks: readonly ChosenTask[]): readonly Subject[] {
  const single = tasks.length === 1;
  const mean = subjectsOf({ subject: "overall" }, tasks).map((one) => ({ ...one, share: 1 / 2 }));
  const each = subjectsOf({ subject: "any" }, tasks).map((one) => ({
    ...one,
    share: single ? 1 : 1 / (2 * tasks.length),
  }));
  return single ? each : [...mean, ...each];
}

/** The names of the subjects that a rule is about. */
export const namesOfSubjects = (rule: Rule, tasks: readonly ChosenTask[]): readonly string[] =>
  subjectsOf(rule, tasks).map(({ name }) => name);

/** Says why nothing can be told of a task before all of its units are scored; nothing where it can. */
function whyUntold({ required, base }: Member): string | undefined {
  if (base === undefined) return "the base has no result of it";
  if (limitOf(base) !== undefined) return "the base's result is that of a drawn share (--limit) itself";
  return untold[required.type];
}

/**
 * Refuses subjects of which no look could tell anything before all units are scored.
 * @param ways What else may be done, for people.
 * @throws InputError naming their tasks, and the way out
 */
export function requireTellable(subjects: readonly Subject[], ways: string): void {
  const tasks = [...new Set(subjects.flatMap((subject) => subject.tasks))];
  const reasons = tasks.flatMap(({ members }) =>
    members.flatMap((member) => {
      const reason = whyUntold(member);
      return reason === undefined ? [] : [`${member.required.name}: ${reason}`];
    }),
  );
  if (tasks.length > 0 && reasons.length === 0) return;
  const names = subjects.map(({ name }) => name).join(", ");
  const what = tasks.length === 0 ? "there is no such task" : reasons.join("; ");
  throw new InputError(
    `stop when sure: nothing can be told early of ${names}: ${what}; run what is missing, ` +
      `${ways}or leave --stop-when-sure out`,
  );
}

/** Refuses tasks of which nothing can be told early, ahead of any run. @throws UsageError naming them, and the way out */
export function requireTellableTypes(tasks: readonly RequiredTask[]): void {
  const reasons = tasks.flatMap(({ name, type }) => (untold[type] === undefined ? [] : [`${name}: ${untold[type]}`]));
  if (reasons.length === 0) return;
  throw new UsageError(
    `--stop-when-sure: nothing can be told early of some tasks, nor of a mean with them: ${reasons.join("; ")}; leave them ` +
      "out of --tasks, or leave --stop-when-sure out",
  );
}
