import { openPool } from "../../datasets/pool.ts";
import { parseEndpoint } from "../../models/endpoint/address.ts";
import { askOnce } from "../../models/endpoint/ask.ts";
import { checkKey } from "../../models/endpoint/index.ts";
import { type EndpointSettings, pause } from "../../models/endpoint/request.ts";
import { type Observed, observe } from "./observe.ts";

/** Seconds are not looked at here. */
const noClock = (): number => 0;

/**
 * Asks a server for the vectors of all probes.
 * @param address `ADDRESS#MODEL`.
 * @throws InputError for an address that cannot be read; the signal's reason
 */
export async function observeServer(
  address: string,
  settings: EndpointSettings,
  signal: AbortSignal,
  onProgress: (done: number, total: number) => void,
): Promise<{ readonly server: string; readonly observed: Observed }> {
  checkKey(settings.key);
  const endpoint = parseEndpoint(address);
  const pool = await openPool(1);
  try {
    const pooled = { ...settings, send: pool.send };
    const ask = (texts: readonly string[]) => askOnce(endpoint, texts, pooled, noClock, signal);
    return {
      server: endpoint.id,
      observed: await observe(ask, (milliseconds) => pause(milliseconds, signal), onProgress),
    };
  } finally {
    await pool.close();
  }
}
