import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A request as a server of a test heard it. */
export interface Heard {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  /** Undefined where there was none. */
  readonly body: unknown;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Written as JSON, a text as it stands. */
  readonly body?: unknown;
}

/** Starts a server on the loopback address that ends with the test, and keeps what it hears. */
export async function listen(
  answer: (heard: Heard) => Answer | undefined,
): Promise<{ readonly url: string; readonly heard: readonly Heard[] }> {
  const heard: Heard[] = [];
  const server: Server = createServer(async (request, response) => {
    const body = await text(request);
    const { method = "", url = "", headers } = request;
    const one = { method, path: url, headers, body: body === "" ? undefined : JSON.parse(body) };
    heard.push(one);
    const { status = 200, headers: own = {}, body: said } = answer(one) ?? { status: 404, body: { message: "none" } };
    response.writeHead(status, own);
    response.end(typeof said === "string" ? said : said && JSON.stringify(said));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, heard };
}
