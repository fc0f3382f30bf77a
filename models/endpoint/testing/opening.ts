import type { Encoder } from "../../encoder.ts";
import { openEndpoint } from "../index.ts";
import type { EndpointSettings } from "../request.ts";
import { type EmbeddingServer, type Fault, startEmbeddingServer } from "./embedding-server.ts";

/** The key that tests send; no message may show it. */
export const key = "sk-secret-1234";

/** Servers of a test, all closed after it. */
export interface Servers {
  /** Starts a server with faults and opens a model there; waits are noted, not waited for. */
  open(
    fault?: Fault,
    settings?: EndpointSettings,
  ): Promise<{ server: EmbeddingServer; waits: readonly number[]; opened: Promise<Encoder> }>;
  close(): Promise<void>;
}

export function servers(): Servers {
  const started: EmbeddingServer[] = [];
  return {
    async open(fault, settings = {}) {
      const server = await startEmbeddingServer(fault);
      started.push(server);
      const waits: number[] = [];
      const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
      const opened = openEndpoint(`${server.origin}/v1#some/model`, { key, wait, ...settings });
      return { server, waits, opened };
    },
    close: async () => void (await Promise.all(started.splice(0).map((server) => server.close()))),
  };
}
