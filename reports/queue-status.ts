import { count, plainText } from "../datasets/shown.ts";
import type { Counts, QueueStatus, WorkerStatus } from "../runners/queue/status.ts";
import { duration } from "./duration.ts";
import { fitTable, grouped, left, linesText, markdownTable, right, tableText } from "./table.ts";
import { wrapText } from "./wrap.ts";

const columns = [left("Model"), left("Task"), right("Done"), right("At work"), right("Waiting"), right("Failed")];

const cells = ({ done, running, waiting, failed }: Counts): string[] => [done, running, waiting, failed].map(grouped);

function workerLine({ worker, isConnected, unit, seconds }: WorkerStatus): string {
  const gone = isConnected ? "" : ", which is not connected";
  if (unit === null) return `${worker}: waits`;
  return `${worker}${gone}: ${unit}${seconds === null ? "" : `, for ${duration(seconds)}`}`;
}

function headingOf({ pramana, hardware, store, units, secondsLeft, workers }: QueueStatus): string {
  const { done, running, waiting, failed } = units;
  const all = done + running + waiting + failed;
  const rest = running + waiting > 0 && secondsLeft !== null ? `; about ${duration(secondsLeft)} left` : "";
  const lost = failed > 0 ? `, ${grouped(failed)} failed` : "";
  const hands = count(workers.filter(({ isConnected }) => isConnected).length, "worker");
  return `${hardware}, pramana ${pramana}, store ${store}: ${grouped(done)} of ${count(all, "unit")} done${lost}; ${hands}${rest}`;
}

/** Writes what the queues of a server hold: fitted to a terminal of `width` columns, or as Markdown. */
export function queueText(queues: readonly QueueStatus[], width: number | undefined): string {
  if (queues.length === 0) return "nothing was ever queued here\n";
  const texts = queues.map((queue) => {
    const rows = queue.tasks.map(({ model, task, units }) => [model, task, ...cells(units)]);
    const below = [
      ...queue.workers.map(workerLine),
      ...queue.failures.map(({ model, unit, worker, reason }) => `${model}: ${unit} failed on ${worker}: ${reason}`),
    ].map(plainText);
    const [heading, notes] = [plainText(headingOf(queue)), below.length === 0 ? "" : `\n${linesText(below)}`];
    if (width === undefined) return `${heading}\n\n${markdownTable(columns, rows)}${notes}`;
    const { lines, noRoom } = fitTable(columns, rows, width);
    return `${wrapText(heading, width)}\n\n${tableText(lines, noRoom, width)}${wrapText(notes, width)}`;
  });
  return texts.join("\n");
}
