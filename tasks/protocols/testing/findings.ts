import type { Finding } from "../../findings/kinds.ts";
import { openTally, type Tally } from "../../findings/tally.ts";

/** Returns what a protocol counts in its rows. */
export function findingsOf<Task, Rows>(
  protocol: { readonly inspect: (task: Task, rows: Rows, tally: Tally) => void },
  task: Task,
  rows: Rows,
): readonly Finding[] {
  const tally = openTally();
  protocol.inspect(task, rows, tally);
  return tally.findings();
}
