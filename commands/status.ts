import { parseQueueAddress } from "../runners/queue/address.ts";
import { readQueues, requireServer } from "../runners/queue/broker.ts";
import { delay } from "../runners/queue/patience.ts";
import { type QueueStatus, statusOf } from "../runners/queue/status.ts";
import { type FormatOf, statusFormats } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface StatusChoice {
  readonly queue: string;
  readonly format: FormatOf<typeof statusFormats>;
  /** Look again and again while there is work. */
  readonly watch?: boolean;
}

/** Seconds between two looks. */
const pause = 2;

/** Shows what the queues of a server hold; returns the number of units that failed. */
export async function showStatus({ queue, format, watch }: StatusChoice, terminal: Terminal): Promise<number> {
  const { env, note } = worldOf(terminal);
  const address = parseQueueAddress(queue, env);
  await requireServer(address);
  const look = async (): Promise<readonly QueueStatus[]> =>
    (await readQueues(address, note)).map((one) => statusOf(one, terminal.now()));
  const write = await statusFormats[format].load();
  for (let shown = ""; ; ) {
    const queues = await look();
    const text = write(queues, terminal.outWidth, watch === true);
    if (text !== shown) terminal.out(shown === "" || format === "json" ? text : `\n${text}`);
    shown = text;
    const goesOn = queues.some(({ units }) => units.running + units.waiting > 0);
    if (!watch || !goesOn) return queues.reduce((sum, { units }) => sum + units.failed, 0);
    await delay(pause, terminal.signal);
  }
}
