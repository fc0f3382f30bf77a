import { count } from "../datasets/shown.ts";
import type { RunEvent } from "../runners/events.ts";
import { describeFinding, joinFindings } from "../tasks/findings/describe.ts";
import { duration } from "./duration.ts";

/** Tells of tasks that failed; of a reason that was told before, only for which task. */
function failureLine(
  { tasks, message }: Extract<RunEvent, { kind: "task-failed" }>,
  place: string,
  failures: ReadonlyMap<string, string>,
): string {
  if (tasks.length > 1) return `${count(tasks.length, "task")} cannot be run: ${message}: ${tasks.join(", ")}`;
  const first = failures.get(message);
  return `${place}${tasks[0]} failed: ${first === undefined ? message : `as ${first}`}`;
}

/**
 * Returns the line that stays after an event, if one does.
 *
 * @param place What is put before it: the place of the current task among all, such as `[2/9] `.
 * @param failures The first task that failed for a reason before, by its message.
 */
export function lastingLine(event: RunEvent, place: string, failures: ReadonlyMap<string, string>): string | undefined {
  switch (event.kind) {
    case "run-started":
      return `${event.model}: ${count(event.tasks.length, "task")}`;
    case "task-finished": {
      const score = Number.isFinite(event.mainScore) ? (event.mainScore * 100).toFixed(2) : "undefined";
      return `${place}${event.task}: ${score}${event.isOthers ? ", by another process" : ` in ${duration(event.seconds)}`}`;
    }
    case "finding":
      return joinFindings([event.finding], event.places).map(
        (one) => `${place}${event.task}: ${describeFinding(one)}`,
      )[0];
    case "task-failed":
      return failureLine(event, place, failures);
    case "run-finished":
      return `finished in ${duration(event.seconds)}${event.failed > 0 ? `, ${count(event.failed, "task")} failed` : ""}`;
    case "task-taken":
      return `${event.task}: ${event.by} is at it; it comes later, where it is still to be done then`;
    case "awaiting":
    case "task-started":
    case "place-started":
    case "loading":
    case "loaded":
    case "surveying":
    case "fetching":
    case "downloading":
    case "waiting":
    case "reading":
    case "checking":
    case "encoding":
    case "scoring":
    case "measuring":
    case "comparing":
    case "queued":
      return undefined;
  }
}
