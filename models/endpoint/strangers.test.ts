import { afterEach, describe, expect, it } from "vitest";
import { limits } from "../../datasets/limits.ts";
import { messageFrom } from "../../datasets/testing/hub-world.ts";
import { openEndpoint } from "./index.ts";
import { answer, startEmbeddingServer } from "./testing/embedding-server.ts";
import { key, servers } from "./testing/opening.ts";

const { open, close } = servers();
afterEach(close);

describe("answers of a server that is not to be trusted", () => {
  it.each([
    ["as text", `Bearer ${key}`],
    ["as a vector", { data: [{ embedding: `not base64 ${key}` }] }],
    ["as data", { data: key }],
  ])("the key, repeated %s, is not shown", async (_, body) => {
    const { opened } = await open(() => answer(body));
    const message = await messageFrom(opened);
    expect(message).not.toContain(key);
    expect(message).toContain("it repeats the key, so nothing of it is shown");
  });

  it("a secret in the address's query is neither shown nor repeated from the server's words", async () => {
    const secret = "a-secret/in-the-query";
    const server = await startEmbeddingServer(({ path }) =>
      answer({ error: `no ${secret} ${path} \u001b[2J\u202e` }, 400),
    );
    const address = `${server.origin}/v1?api-version=2024&key=${encodeURIComponent(secret)}#m`;
    const message = await messageFrom(openEndpoint(address, {}));
    await server.close();
    expect(message).toContain("it answered 400 (no … /v1/embeddings?api-version=2024&key=… [2J);");
    expect(message).not.toMatch(/secret|\u202e/);
  });

  it("an answer without end is given up at its limit", async () => {
    let pieces = 0;
    const pull = (to: ReadableStreamDefaultController<Uint8Array>): void => {
      pieces++;
      to.enqueue(new Uint8Array(2 ** 20));
    };
    const endless = (status: number) => async () => new Response(new ReadableStream({ pull }), { status });
    const message = await messageFrom(openEndpoint("http://127.0.0.1:9/v1#m", { fetch: endless(400) }));
    expect(message).toBe(
      "endpoint http://127.0.0.1:9/v1/embeddings: its answer is longer than 256 KiB, which is all that is read; see docs/safety.md",
    );
    expect(pieces).toBeLessThan(5);
    expect(await messageFrom(openEndpoint("http://127.0.0.1:9/v1#m", { fetch: endless(200) }))).toContain("256 MiB");
    expect(pieces).toBeLessThan(limits.endpointAnswer / 2 ** 20 + 10);
  });

  it("a redirect is not followed, and only its host is named", async () => {
    const target = await startEmbeddingServer();
    const { opened } = await open(() => answer("", 307, { location: `${target.origin}/v1/embeddings?key=${key}` }));
    const message = await messageFrom(opened);
    expect([target.requests.length, message.includes(key)]).toEqual([0, false]);
    expect(message).toContain(`a redirect to ${target.origin}, which is not followed`);
    await target.close();
  });
});
