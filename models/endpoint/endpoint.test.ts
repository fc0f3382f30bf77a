import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import type { EncodeProgress } from "../encoder.ts";
import { parseEndpoint } from "./address.ts";
import { readRetryAfter } from "./request.ts";
import { answer, answerOf, type Fault, vectorOf } from "./testing/embedding-server.ts";
import { key, servers } from "./testing/opening.ts";

const { open, close } = servers();
afterEach(close);

describe("the address", () => {
  it.each([
    ["http://h:8080/v1#m", "http://h:8080/v1/embeddings", "endpoint/h:8080/m"],
    ["http://h/v1/embeddings/#m", "http://h/v1/embeddings", "endpoint/h/m"],
    ["https://h#org/m", "https://h/embeddings", "endpoint/h/org/m"],
    ["https://h:443/x/#a%20b", "https://h/x/embeddings", "endpoint/h/a b"],
    ["HTTP://H/v1#50%", "http://h/v1/embeddings", "endpoint/h/50%"],
  ])("%s", (address, place, id) => {
    expect(parseEndpoint(address)).toEqual({ url: place, place, model: id.split("/").slice(2).join("/"), id });
  });

  it("sends a query along and shows it to nobody", () => {
    const { url, place, id } = parseEndpoint("https://h/v1?api-version=2&token=abc#m");
    expect([url, place, id]).toEqual([
      "https://h/v1/embeddings?api-version=2&token=abc",
      "https://h/v1/embeddings",
      "endpoint/h/m",
    ]);
  });

  it.each([
    ["http://h/v1?token=abc", "endpoint: http://h/v1 names no model; expected ADDRESS#MODEL, such as https://api."],
    ["http://h/v1#", "endpoint: http://h/v1 names no model; "],
    ["http://h/v1#a%0Ab", 'endpoint: http://h/v1: the model "a\\nb" holds a character that no name has; '],
    [`http://me:${key}@h/v1#m`, "endpoint: http://h/v1 has a name or password in it; put the key into PRAMANA_API_KEY"],
    [`http://me:${key}@h:x/v1#m`, "endpoint: http://h:x/v1 is not an address; expected ADDRESS#MODEL"],
  ])("%s is refused", (address, message) => {
    expect(() => parseEndpoint(address)).toThrow(InputError);
    expect(() => parseEndpoint(address)).toThrow(message);
    expect(() => parseEndpoint(address)).not.toThrow(key);
  });
});

describe("vectors", () => {
  it("come in the order of the texts, though rows come in another, for each different text once", async () => {
    const { server: seen, opened } = await open();
    const encoder = await opened;
    const progress: EncodeProgress[] = [];
    const texts = ["one", "three", "one", "", "seven", " \n"];
    const { data, rows, dims } = await encoder.encode(texts, { onProgress: (one) => progress.push(one) });
    expect([rows, dims]).toEqual([6, 3]);
    const zero = [0, 0, 0];
    const expected = ["one", "three", "one"].map(vectorOf).concat([zero, vectorOf("seven"), zero]);
    expect([...data]).toEqual([...Float32Array.from(expected.flat())]);
    expect(seen.requests.map(({ input }) => input)).toEqual([["probe"], ["one", "three", "seven"]]);
    expect(seen.requests[1]).toMatchObject({ path: "/v1/embeddings", model: "some/model" });
    expect(seen.requests[1]?.headers.authorization).toBe(`Bearer ${key}`);
    expect(progress.at(-1)).toEqual({ done: 6, total: 6, encoded: 5, tokens: 13 });
    await encoder.close();
  });

  it("come as base64 too, and without an index in the order of the rows", async () => {
    const encoder = await (await open(({ input }) => answer(answerOf(input, true)))).opened;
    expect([...(await encoder.encode(["ab", "c"])).data]).toEqual([
      ...Float32Array.from([...vectorOf("ab"), ...vectorOf("c")]),
    ]);
    const plain = await (
      await open(({ input }) => answer({ data: input.map((text) => ({ embedding: vectorOf(text) })) }))
    ).opened;
    expect([...(await plain.encode(["ab", "c"])).data]).toEqual([
      ...Float32Array.from([...vectorOf("ab"), ...vectorOf("c")]),
    ]);
  });

  it("are those of prompt and text, which is not blank then", async () => {
    const { server: seen, opened } = await open();
    await (await opened).encode(["x", ""], { prompt: "query: ", role: "query" });
    expect(seen.requests[1]?.input).toEqual(["query: x", "query: "]);
  });

  it("come of nothing where there are no texts", async () => {
    const { server: seen, opened } = await open();
    const { rows, dims } = await (await opened).encode([]);
    expect([rows, dims, seen.requests.length]).toEqual([0, 3, 1]);
  });

  it("come in requests of at most 32 texts and 50,000 characters, four at a time", async () => {
    const { server: seen, opened } = await open();
    const encoder = await opened;
    const texts = Array.from({ length: 400 }, (_, i) => `text ${i}`);
    const { data } = await encoder.encode(texts);
    expect([...data]).toEqual([...Float32Array.from(texts.flatMap(vectorOf))]);
    // Of four requests under way the later ones may arrive first.
    const sizes = seen.requests.slice(1).map(({ input }) => input.length);
    expect(sizes.sort((a, b) => b - a)).toEqual([...new Array(12).fill(32), 16]);
    expect(seen.most()).toBe(4);
    const before = seen.requests.length;
    await encoder.encode(["a".repeat(30_000), "b".repeat(20_000), "c", "d".repeat(60_000), "e"]);
    const lengths = seen.requests.slice(before).map(({ input }) => input.map((text) => text.length));
    expect(lengths.sort((a, b) => a[0] - b[0])).toEqual([[1], [1], [30_000, 20_000], [60_000]]);
  });

  it("come in halves where a request is too large", async () => {
    const fault: Fault = ({ input }) => (input.length > 10 ? answer({ error: "batch size > 10" }, 413) : undefined);
    const { server: seen, opened } = await open(fault);
    const texts = Array.from({ length: 32 }, (_, i) => `text ${i}`);
    expect([...(await (await opened).encode(texts)).data]).toEqual([...Float32Array.from(texts.flatMap(vectorOf))]);
    expect(seen.requests.map(({ input }) => input.length)).toEqual([1, 32, 16, 8, 8, 16, 8, 8]);
  });

  it("tell what is not known as not known", async () => {
    const { server, opened } = await open();
    const { info } = await opened;
    expect(info).toMatchObject({
      id: `endpoint/${server.origin.slice(7)}/some/model`,
      revision: "external",
      dims: 3,
      similarity: "cosine",
    });
    expect([info.parameters, info.maxTokens, info.device, info.precision, info.threads]).toEqual([
      Number.NaN,
      Infinity,
      "remote",
      "unknown",
      0,
    ]);
  });

  it("are asked for without a key where there is none", async () => {
    const { server: seen, opened } = await open(undefined, { key: undefined });
    await opened;
    expect(seen.requests[0]?.headers.authorization).toBeUndefined();
  });
});

describe("tries", () => {
  it.each([
    [429, "2", [2000, 2000]],
    [503, "0.5", [500, 500]],
    [429, "Thu, 01 Jan 1970 00:00:12 GMT", [2000, 2000]],
    [429, "Thu, 01 Jan 1970 00:00:02 GMT", [0, 0]],
    [429, "soon", [1000, 2000]],
    [500, undefined, [1000, 2000]],
    [408, undefined, [1000, 2000]],
  ])("%d with Retry-After %s is tried again", async (status, header, expected) => {
    const fault: Fault = (_, count) =>
      count < 2 ? answer("", status, header === undefined ? {} : { "retry-after": header }) : undefined;
    const { waits, opened } = await open(fault, { now: () => 10_000 });
    expect((await opened).info.dims).toBe(3);
    expect(waits).toEqual(expected);
  });

  it("follow answers that break off or never come", async () => {
    const cut = await open((_, count) => (count < 2 ? "cut" : undefined));
    expect((await cut.opened).info.dims).toBe(3);
    expect(cut.waits).toEqual([1000, 2000]);
    const late = await open((_, count) => (count < 2 ? "never" : undefined), { patience: 60 });
    expect((await late.opened).info.dims).toBe(3);
    expect(late.waits).toEqual([1000, 2000]);
  });

  it.each([
    ["3", 3000],
    [" 0 ", 0],
    ["1.5", 1500],
    ["Thu, 01 Jan 1970 00:01:00 GMT", 50_000],
    ["-3", undefined],
    ["", undefined],
    [null, undefined],
  ])("wait for what Retry-After %j says", (header, expected) => {
    expect(readRetryAfter(header, 10_000)).toBe(expected);
  });
});
