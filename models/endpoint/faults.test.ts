import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { openEndpoint } from "./index.ts";
import { afterProbe, answer, startEmbeddingServer } from "./testing/embedding-server.ts";
import { key, servers } from "./testing/opening.ts";

const { open, close } = servers();
afterEach(close);

/** Returns the message of an `InputError` that a promise rejects with, the server's address as SERVER. */
async function failure(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  const { message } = error as InputError;
  expect(message).not.toContain(key);
  return message.replace(/http:\/\/127\.0\.0\.1:\d+/g, "SERVER");
}

const row = (index: number, embedding: unknown) => ({ index, embedding });

describe("what a server may do wrong", () => {
  const place = "endpoint SERVER/v1/embeddings: ";
  const unusable = `${place}its answer for the model some/model cannot be used: `;
  const way = "; check that the address is that of an OpenAI-compatible API and the model one of embeddings";
  it.each<[string, number, unknown, Record<string, string>, string]>([
    [
      "a key refused",
      401,
      { error: { message: `bad key ${key}` } },
      {},
      "it answered 401 and refused the key; check PRAMANA_API_KEY",
    ],
    [
      "a key without rights",
      403,
      "",
      {},
      "it answered 403: the key may not use the model some/model; check PRAMANA_API_KEY and its rights",
    ],
    [
      "no such model",
      404,
      { error: { message: "no model" } },
      {},
      "it answered 404 (no model): there is no such address, or no model some/model; check the part after the #",
    ],
    [
      "a bad request",
      400,
      { error: { message: `\u001b[2Jtoo\nlong ${key}` } },
      {},
      "it answered 400 ([2Jtoo long …); check that the model some/model makes embeddings and takes texts this long",
    ],
    [
      "other words",
      422,
      { detail: "x".repeat(300) },
      {},
      `it answered 422 (${"x".repeat(200)}…); check that the model some/model makes embeddings and takes texts this long`,
    ],
    [
      "one text too large",
      413,
      { message: "too large" },
      {},
      "it answered 413 (too large): a single text is too large for it; raise the server's limit, or leave the task out",
    ],
    [
      "too many requests",
      429,
      { error: "slow down" },
      {},
      "after 6 tries: it answered 429, too many requests (slow down); try again later, or raise the limit there",
    ],
    [
      "a long pause",
      429,
      "",
      { "retry-after": "4000" },
      "it answered 429, too many requests and asks to wait for 4000 s; try again later, or raise the limit there",
    ],
    [
      "a failure of its own",
      500,
      "<h1>boom</h1>",
      {},
      "after 6 tries: it answered 500 (<h1>boom</h1>); see the server's log, or try again later",
    ],
    [
      "a redirect",
      307,
      "",
      { location: `https://me:${key}@evil.example/v1?x=${key}` },
      "it answered 307, a redirect to https://evil.example, which is not followed so that the key goes nowhere else; name the address that answers itself",
    ],
    [
      "a redirect nowhere",
      302,
      "",
      {},
      "it answered 302, a redirect without saying where to, which is not followed so that the key goes nowhere else; name the address that answers itself",
    ],
  ])("%s: %d", async (_, status, body, headers, message) => {
    const { server: seen, waits, opened } = await open(() => answer(body, status, headers));
    expect(await failure(opened)).toBe(place + message);
    expect(seen.requests).toHaveLength(message.startsWith("after 6 tries") ? 6 : 1);
    expect(waits).toEqual(message.startsWith("after 6 tries") ? [1000, 2000, 4000, 8000, 16_000] : []);
  });

  it("asks for a key where none was sent", async () => {
    const { opened } = await open(() => answer("", 401), { key: undefined });
    expect(await failure(opened)).toBe(`${place}it answered 401 and wants a key; set PRAMANA_API_KEY`);
  });

  it("names what cannot be reached, at once", async () => {
    const server = await startEmbeddingServer();
    await server.close();
    const waits: number[] = [];
    const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
    expect(await failure(openEndpoint(`${server.origin}/v1#m`, { key, wait }))).toBe(
      `${place}it could not be reached (ECONNREFUSED); check the address and that the server is running`,
    );
    expect(waits).toEqual([]);
  });

  it("gives up on a server that never answers, and on one that breaks off", async () => {
    expect(await failure((await open(() => "never", { patience: 20 })).opened)).toBe(
      `${place}after 6 tries: no answer in 0.02 s; see whether the server is overloaded, or try again later`,
    );
    expect(await failure((await open(() => "cut")).opened)).toMatch(
      /^endpoint SERVER\/v1\/embeddings: after 6 tries: it could not be reached \(.+\); check the address/,
    );
  });

  it.each<[unknown, string]>([
    ["<html>", 'it is not JSON ("<html>")'],
    ["", 'it is not JSON ("")'],
    [[1], 'it is [1]; expected an object with "data"'],
    [{ object: "list" }, 'its "data" is nothing; expected a list'],
    [{ data: [] }, "it holds 0 vectors for 2 texts"],
    [{ data: [row(0, [1]), row(0, [1])] }, "row 1 has the index 0; expected 0 to 1, each once"],
    [{ data: [row(0, [1]), row(2, [1])] }, "row 1 has the index 2; expected 0 to 1, each once"],
    [{ data: [row(0, [1]), { embedding: [1] }] }, "row 1 has the index nothing; expected 0 to 1, each once"],
    [{ data: [row(0, [1]), null] }, "row 1 has the index nothing; expected 0 to 1, each once"],
    [{ data: [row(0, [1, null, 3]), row(1, [1, 2, 3])] }, "number 1 of vector 0 is null; expected a finite number"],
    [{ data: [row(0, [1, 2, 3]), row(1, [1, 2, "3"])] }, 'number 2 of vector 1 is "3"; expected a finite number'],
    [
      '{"data":[{"index":0,"embedding":[1,2,3]},{"index":1,"embedding":[1,2,1e999]}]}',
      "number 2 of vector 1 is Infinity; expected a finite number",
    ],
    [{ data: [row(0, [1, 2, 3]), row(1, [1, 2, 1e39])] }, "number 2 of vector 1 is 1e+39; expected a finite number"],
    [{ data: [row(0, "AADAfw=="), row(1, "AADAfw==")] }, "number 0 of vector 0 is NaN; expected a finite number"],
    [
      { data: [row(0, "AAA="), row(1, [1])] },
      'vector 0 is the text "AAA="; expected the base64 of whole float32 numbers',
    ],
    [
      { data: [row(0, "not base64"), row(1, [1])] },
      'vector 0 is the text "not base64"; expected the base64 of whole float32 numbers',
    ],
    [{ data: [row(0, []), row(1, [])] }, "vector 0 is []; expected a list of numbers or base64"],
    [{ data: [row(0, [1, 2, 3]), row(1, [1, 2])] }, "vector 0 has 3 numbers and vector 1 2"],
    [{ data: [row(0, [1, 2]), row(1, [1, 2])] }, "its vectors have 2 numbers, those before had 3"],
  ])("cannot use %j", async (body, reason) => {
    const encoder = await (await open(afterProbe(() => answer(body)))).opened;
    expect(await failure(encoder.encode(["a", "b"]))).toBe(`${unusable}${reason}${way}`);
  });

  it("ends all requests with the first failure", async () => {
    const { server: seen, opened } = await open(afterProbe((_, count) => (count === 2 ? answer("", 400) : "never")));
    const encoder = await opened;
    const texts = Array.from({ length: 320 }, (_, i) => `text ${i}`);
    expect(await failure(encoder.encode(texts))).toContain("it answered 400");
    // One request opens the model, and of ten more some are under way; the failure may overtake some of these.
    expect(seen.requests.length).toBeLessThanOrEqual(5);
  });

  it("says that a key cannot be sent, without saying the key", async () => {
    const message = await failure(openEndpoint("http://127.0.0.1:9/v1#m", { key: "sk ü" }));
    expect(message).toBe("endpoint: the key holds a space or a character beyond ASCII; check PRAMANA_API_KEY");
  });
});

describe("a signal", () => {
  it("ends a request, a wait, and the opening at once, with its reason", async () => {
    for (const fault of [() => "never" as const, () => answer("", 429, { "retry-after": "100" })]) {
      const server = await startEmbeddingServer(afterProbe(fault));
      const encoder = await openEndpoint(`${server.origin}/v1#m`, {});
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error("enough")), 50);
      await expect(encoder.encode(["a"], { signal: controller.signal })).rejects.toThrow("enough");
      await server.close();
    }
    const server = await startEmbeddingServer(() => "never");
    const opening = openEndpoint(`${server.origin}/v1#m`, {}, AbortSignal.timeout(50));
    await expect(opening).rejects.toThrow(/timeout/i);
    await expect(openEndpoint(`${server.origin}/v1#m`, {}, AbortSignal.abort(new Error("before")))).rejects.toThrow(
      "before",
    );
    await server.close();
  });
});
