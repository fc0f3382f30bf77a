import { InputError } from "../../datasets/errors.ts";
import { limitOf } from "../../runners/results/result.ts";
import type { TaskType } from "../../tasks/task.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { ChosenTask, Member } from "../comparison/chosen.ts";
import type { Rule } from "../comparison/rule.ts";

/** What is held against the base: the mean over some tasks, or a single one. */
export interface Subject {
  /** `overall`, a type, or a task. */
  readonly name: string;
  readonly tasks: readonly ChosenTask[];
}

/** Types whose score of few units is systematically another one than that of all, with the reason for people. */
const untold: Partial<Record<TaskType, string>> = {
  Clustering: "few documents are clustered otherwise than many",
  BitextMining: "among fewer texts fewer are found wrongly",
};

/** Lists the subjects of a rule, in the order of the tasks. */
function subjectsOf({ subject }: Pick<Rule, "subject">, tasks: readonly ChosenTask[]): readonly Subject[] {
  if (subject === "overall") return [{ name: subject, tasks }];
  if (subject === "any") return tasks.map((one) => ({ name: one.task.name, tasks: [one] }));
  const isType = publishedTypes.some(({ type }) => type === subject);
  return [{ name: subject, tasks: tasks.filter(({ task }) => subject === (isType ? task.type : task.name)) }];
}

/** Lists what rules are about, each once; the mean over all tasks where there are no rules. */
export function subjectsIn(rules: readonly Rule[], tasks: readonly ChosenTask[]): readonly Subject[] {
  const asked = rules.length === 0 ? [{ subject: "overall" }] : rules;
  const all = asked.flatMap((one) => subjectsOf(one, tasks));
  return all.filter(({ name }, i) => all.findIndex((other) => other.name === name) === i);
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
 * @throws InputError naming their tasks, and the way out
 */
export function requireTellable(subjects: readonly Subject[]): void {
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
    `stop when sure: nothing can be told early of ${names}: ${what}; run what is missing, leave these tasks out of --tasks, ` +
      "give rules of other tasks (--fail-if), or leave --stop-when-sure out",
  );
}
