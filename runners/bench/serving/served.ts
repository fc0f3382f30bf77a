import { openPool } from "../../../datasets/pool.ts";
import type { EncodeProgress, ModelInfo } from "../../../models/encoder.ts";
import { isAddress, parseEndpoint } from "../../../models/endpoint/address.ts";
import { askOnce } from "../../../models/endpoint/ask.ts";
import { openEndpoint } from "../../../models/endpoint/index.ts";
import type { EndpointSettings, Failure } from "../../../models/endpoint/request.ts";
import { type BenchModel, callOf } from "../measure.ts";

/** What became of a request for vectors; `tokens` is 0 where they were not counted. */
export type Reply = { readonly seconds: number } & ({ readonly tokens: number } | Failure);

/** What answers requests for the vectors of texts: a server, or a model in this program. */
export interface Served {
  readonly info: Pick<ModelInfo, "id" | "revision" | "device" | "precision" | "threads">;
  /** Sends one request, and no other where it fails. */
  readonly ask: (texts: readonly string[], signal: AbortSignal) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

export { isAddress };

/**
 * Opens a server by its address (`ADDRESS#MODEL`), with as many connections as requests may be under way.
 * @param clock Seconds, by the finest clock.
 * @throws InputError where it does not answer with vectors, after the usual tries
 */
export async function openServer(
  address: string,
  settings: EndpointSettings,
  connections: number,
  clock: () => number,
  signal: AbortSignal,
): Promise<Served> {
  const pool = await openPool(connections);
  try {
    const pooled = { ...settings, send: pool.send };
    const { info } = await openEndpoint(address, pooled, signal);
    const endpoint = parseEndpoint(address);
    return {
      info,
      ask: async (texts, stop) => {
        const asked = await askOnce(endpoint, texts, pooled, clock, stop);
        if ("kind" in asked) return asked;
        const { seconds, tokens, vectors } = asked;
        const other = vectors.find(({ length }) => length !== info.dims);
        if (other === undefined) return { seconds, tokens };
        const failure = `its vectors have ${other.length} numbers, the first one had ${info.dims}`;
        return { seconds, kind: "bad answer", failure };
      },
      close: pool.close,
    };
  } catch (error) {
    await pool.close();
    throw error;
  }
}

/** Lets a model in this program answer requests, its texts as documents. */
export function serveModel(model: BenchModel, clock: () => number): Served {
  const call = callOf(model);
  return {
    info: model.info,
    ask: async (texts, signal) => {
      let latest: EncodeProgress | undefined;
      const began = clock();
      await call(texts, "document", {
        signal,
        onProgress: (progress) => {
          latest = progress;
        },
      });
      return { seconds: clock() - began, tokens: latest?.tokens ?? 0 };
    },
    close: model.close,
  };
}
