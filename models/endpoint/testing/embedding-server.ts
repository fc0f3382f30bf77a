import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

/** A request that the server received. */
export interface SeenEmbedding {
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly model: string;
  readonly input: readonly string[];
}

/** Returns a special answer for a request; `undefined` for the usual one. */
export type Fault = (
  seen: SeenEmbedding,
  /** Number of the request, from 0; the first one learns the length of the vectors. */
  count: number,
) => { status: number; headers?: Record<string, string>; body: string } | "never" | "cut" | undefined;

export interface EmbeddingServer {
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  readonly requests: SeenEmbedding[];
  /** Returns the largest number of requests that were under way at the same time. */
  readonly most: () => number;
  close(): Promise<void>;
}

/** Makes three numbers of a text: its length, its first character, 1. */
export const vectorOf = (text: string): number[] => [text.length, text.charCodeAt(0) / 128, 1];

/** Makes the usual answer: rows in reverse, one token a character. */
export function answerOf(input: readonly string[], asBase64 = false): string {
  const encoded = (text: string): unknown =>
    asBase64 ? Buffer.from(Float32Array.from(vectorOf(text)).buffer).toString("base64") : vectorOf(text);
  const data = input.map((text, index) => ({ object: "embedding", index, embedding: encoded(text) })).reverse();
  const tokens = input.reduce((sum, text) => sum + text.length, 0);
  return JSON.stringify({ object: "list", data, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** Starts an OpenAI-compatible server of embeddings on the loopback address, some of whose answers are faulty. */
export async function startEmbeddingServer(fault: Fault = () => undefined): Promise<EmbeddingServer> {
  const requests: SeenEmbedding[] = [];
  let open = 0;
  let most = 0;
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++open);
    response.on("close", () => open--);
    const { model, input } = (await json(request)) as SeenEmbedding;
    const seen = { path: request.url ?? "", headers: request.headers, model, input };
    const count = requests.push(seen) - 1;
    // The answer waits, so that requests that may be under way together are.
    setTimeout(() => respond(response, fault(seen, count), input), 5);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    most: () => most,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Gives the usual answer to the request that learns the length of the vectors, then the fault. */
export const afterProbe =
  (fault: Fault): Fault =>
  (seen, count) =>
    count === 0 ? undefined : fault(seen, count);

/** Makes an answer with a body of text, or of JSON. */
export const answer = (
  body: unknown,
  status = 200,
  headers: Record<string, string> = {},
): Exclude<ReturnType<Fault>, string> => ({
  status,
  headers,
  body: typeof body === "string" ? body : JSON.stringify(body),
});

function respond(response: ServerResponse, fault: ReturnType<Fault>, input: readonly string[]): void {
  if (fault === "never") return;
  if (fault === "cut") {
    response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
    response.write('{"data": [');
    setTimeout(() => response.destroy(), 5);
    return;
  }
  const { status, headers, body } = fault ?? { status: 200, headers: {}, body: answerOf(input) };
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(body);
}
