import { afterEach, describe, expect, it } from "vitest";
import {
  answer,
  type EmbeddingServer,
  type Fault,
  startEmbeddingServer,
} from "../../../models/endpoint/testing/embedding-server.ts";
import { openServer, type Reply } from "./served.ts";

const started: EmbeddingServer[] = [];
afterEach(async () => void (await Promise.all(started.splice(0).map((server) => server.close()))));
const signal = new AbortController().signal;

/** Opens a server that answers the first request, and gives what becomes of the second. */
async function second(fault: Fault, patience = 5000, texts = ["one", "two"]): Promise<Reply> {
  const server = await startEmbeddingServer((seen, count) => (count === 0 ? undefined : fault(seen, count)));
  started.push(server);
  const served = await openServer(`${server.origin}/v1#m`, { patience }, 2, () => 0, signal);
  try {
    return await served.ask(texts, signal);
  } finally {
    await served.close();
    expect(server.requests).toHaveLength(2);
  }
}

describe("openServer", () => {
  it("asks once, and counts the tokens that the server tells", async () => {
    expect(await second(() => undefined)).toEqual({ seconds: 0, tokens: 6 });
  });

  it.each<[string, Fault, Partial<Extract<Reply, { kind: string }>>]>([
    ["a limit", () => answer("slow", 429, { "retry-after": "2" }), { kind: "429", pause: 2000 }],
    ["its own failure", () => answer("boom", 500), { kind: "500", failure: expect.stringContaining("(boom)") }],
    [
      "too much at once",
      () => answer("", 413),
      { kind: "413", failure: expect.stringMatching(/^it answered 413: 2 texts in one request are too large/) },
    ],
    ["what is no vector", () => answer({ data: [] }), { kind: "bad answer" }],
    [
      "vectors of another length",
      () => answer({ data: [{ embedding: [1] }, { embedding: [2] }] }),
      { kind: "bad answer", failure: "its vectors have 1 numbers, the first one had 3" },
    ],
    ["a broken connection", () => "cut", { kind: expect.stringMatching(/^connection \(UND_ERR_/) }],
    ["a redirect", () => answer("", 302, { location: "http://elsewhere.example" }), { kind: "302", final: true }],
  ])("tells %s, and does not ask again", async (_, fault, expected) => {
    expect(await second(fault)).toMatchObject(expected);
  });

  it("tells what takes too long", async () => {
    expect(await second(() => "never", 60)).toMatchObject({
      kind: "time-out",
      failure: expect.stringMatching(/^no answer in 0.06 s/),
    });
  });
});
