import { count } from "../../datasets/shown.ts";
import type { StoredRun } from "../../runners/results/stored-run.ts";
import type { ChosenTask } from "./chosen.ts";
import { unstated } from "./comparable.ts";
import { type Side, sides } from "./evidence.ts";
import type { Compared } from "./verdicts.ts";

/** A compared task that may have something to remark on. */
interface Remarkable extends Pick<Compared, "task" | "allowed"> {
  /** Why nobody knows how sure its difference is. */
  readonly unsure?: string | undefined;
}

/** Puts the tasks with the same remark on one line. */
function groupedByText(said: readonly (readonly [text: string, task: string])[], all: number): string[] {
  const texts = [...new Set(said.map(([text]) => text))];
  return texts.map((text) => {
    const tasks = [...new Set(said.filter((one) => one[0] === text).map(([, task]) => task))];
    return `${text}: ${tasks.length === all && all > 1 ? "all tasks" : tasks.join(", ")}`;
  });
}

/**
 * Returns the remarks on a comparison, one line each.
 *
 * @param unknown Names of tasks in the results that are not known.
 */
export function remarksOn(
  chosen: readonly ChosenTask[],
  compared: readonly Remarkable[],
  runs: Readonly<Record<Side, StoredRun>>,
  unknown: readonly string[],
): string[] {
  const tasks = compared.map(({ task }) => task.name);
  const members = chosen.filter(({ task }) => tasks.includes(task.name)).flatMap((one) => one.members);
  const silent = sides.flatMap((side) =>
    members.flatMap((member) => {
      const what = member[side] ? unstated(member[side]) : [];
      const text = `the ${side}'s results do not say ${what.join(", ")}, taken as equal`;
      return what.length > 0 ? [[text, member.required.name] as const] : [];
    }),
  );
  const allowed = compared.flatMap(({ task, allowed }) =>
    [...new Set(allowed.map(({ text }) => text))].map((text) => [`allowed to differ, ${text}`, task.name] as const),
  );
  const unsure = compared.flatMap(({ task, unsure: reason }) =>
    reason === undefined ? [] : [[`not known how sure: ${reason}`, task.name] as const],
  );
  const skipped = sides.flatMap((side) =>
    (runs[side].skipped ?? []).map(({ file, reason }) => `file of the ${side} left out: ${file}: ${reason}`),
  );
  const left =
    unknown.length === 0
      ? []
      : [
          `${count(unknown.length, "task")} of the results not known and left out (--task-file adds your own): ${unknown.join(", ")}`,
        ];
  const lines = [...groupedByText([...allowed, ...unsure], tasks.length), ...groupedByText(silent, members.length)];
  return [...lines, ...left, ...skipped];
}
