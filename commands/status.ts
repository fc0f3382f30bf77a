import { queueText } from "../reports/queue-status.ts";
import { parseQueueAddress } from "../runners/queue/address.ts";
import { readQueues, requireServer } from "../runners/queue/broker.ts";
import { delay } from "../runners/queue/patience.ts";
import { type QueueStatus, statusOf } from "../runners/queue/status.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface StatusChoice {
  readonly queue: string;
  readonly json?: boolean;
  /** Look again and again while there is work. */
  readonly watch?: boolean;
}

/** Seconds between two looks. */
const pause = 2;

/** Shows what the queues of a server hold; returns the number of units that failed. */
export async function showStatus({ queue, json, watch }: StatusChoice, terminal: Terminal): Promise<number> {
  const { env, note } = worldOf(terminal);
  const address = parseQueueAddress(queue, env);
  await requireServer(address);
  const look = async (): Promise<readonly QueueStatus[]> =>
    (await readQueues(address, note)).map((one) => statusOf(one, terminal.now()));
  for (let shown = ""; ; ) {
    const queues = await look();
    const text = json ? `${JSON.stringify(queues, null, watch ? 0 : 2)}\n` : queueText(queues, terminal.outWidth);
    if (text !== shown) terminal.out(shown === "" || json ? text : `\n${text}`);
    shown = text;
    const goesOn = queues.some(({ units }) => units.running + units.waiting > 0);
    if (!watch || !goesOn) return queues.reduce((sum, { units }) => sum + units.failed, 0);
    await delay(pause, terminal.signal);
  }
}
