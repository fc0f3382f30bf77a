import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";
import { publishedTypes } from "../../tasks/types/index.ts";
import type { RequiredTask } from "../required.ts";
import { signs } from "./gate.ts";
import type { Rule } from "./rule.ts";

/** Subjects of rules that are no type and no task. */
const general: readonly string[] = ["overall", "any"];

/** The farthest that two scores can lie apart, in points: main scores are within −1 and 1, but for R² (below). */
const farthest = 200;

/** A type with a main score that has no lower bound. */
const unbounded = "Regression";

/** Says why the number of a rule cannot be meant: all differences are on one side of it. */
function impossible({ sign, points }: Rule): string | undefined {
  const [least, most] = [signs[sign](-farthest, points), signs[sign](farthest, points)];
  if (least !== most) return undefined;
  return (
    `it ${least ? "always" : "never"} holds, as two scores are at most ${farthest} points apart; expected a number of ` +
    "points (hundredths of a score), such as -0.5"
  );
}

/** Says why nothing that is stored could decide on a rule. */
function unanswerable(
  rule: Rule,
  known: readonly RequiredTask[],
  tasks: readonly RequiredTask[] | undefined,
): string | undefined {
  const { subject } = rule;
  const isType = publishedTypes.some(({ type }) => type === subject);
  const task = known.find(({ name }) => name === subject);
  if (!isType && task === undefined && !general.includes(subject)) {
    const types = publishedTypes.map(({ type }) => type);
    const near = didYouMean(subject, [...general, ...types, ...known.map(({ name }) => name)]);
    return (
      `there is no task or type "${subject}"${near}; expected ${general.join(", ")}, a type (${types.join(", ")}), or a ` +
      "task, which `pramana tasks` lists and --task-file adds"
    );
  }
  const isChosen = tasks?.some(({ name, type }) => subject === (isType ? type : name)) ?? true;
  if (!isChosen && !general.includes(subject)) {
    const what = isType ? `no task of type ${subject}` : `no ${subject}`;
    return `among the tasks that are chosen by --tasks or --benchmark there is ${what}; add it there, or leave the rule out`;
  }
  return subject === unbounded || task?.type === unbounded ? undefined : impossible(rule);
}

/**
 * Refuses rules that no two runs could decide: those whose subject is unknown or not among the chosen tasks, and those
 * whose number is beyond all differences. A gate would trip, or pass, for ever, whatever the models are like.
 *
 * @param known All tasks there are.
 * @param tasks The tasks that are compared; absent where they are all that either run has.
 * @throws InputError naming the rule, and where it stands
 */
export function requireAnswerable(
  rules: readonly Rule[],
  known: readonly RequiredTask[],
  tasks?: readonly RequiredTask[],
): void {
  for (const rule of rules) {
    const reason = unanswerable(rule, known, tasks);
    if (reason === undefined) continue;
    const place = rule.place === undefined ? "" : `${rule.place}: `;
    throw new InputError(`${place}rule ${JSON.stringify(rule.text)}: ${reason}`);
  }
}
