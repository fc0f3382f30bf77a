import { describe, expect, it } from "vitest";
import { type Service, type ServiceError, send } from "./service.ts";
import { listen } from "./testing/listening.ts";

const serviceOf = (more: Partial<Service> = {}): Service => ({
  name: "hook http://127.0.0.1",
  headers: { authorization: "Bearer secret-key" },
  secrets: ["secret-key"],
  fetch: globalThis.fetch,
  signal: new AbortController().signal,
  wait: async () => undefined,
  ...more,
});
const failure = (promise: Promise<unknown>): Promise<ServiceError> =>
  promise.then(
    () => Promise.reject(new Error("it went well")),
    (error: ServiceError) => error,
  );

describe("send", () => {
  it("sends JSON with the headers, and returns the answer", async () => {
    const { url, heard } = await listen(() => ({ body: "done" }));
    expect(await send(serviceOf(), { method: "POST", url, body: { a: 1 }, repeatable: true })).toBe("done");
    expect(heard[0]).toMatchObject({ method: "POST", body: { a: 1 }, headers: { authorization: "Bearer secret-key" } });
  });

  it("tries again where that may help, as long as the service asks for, and only what may be repeated", async () => {
    const pauses: number[] = [];
    const wait = async (milliseconds: number) => void pauses.push(milliseconds);
    const answers = [{ status: 503, headers: { "retry-after": "2" } }, { status: 429 }, { status: 200, body: "ok" }];
    const { url, heard } = await listen(() => answers.shift());
    expect(await send(serviceOf({ wait }), { method: "POST", url, repeatable: true })).toBe("ok");
    expect(pauses).toEqual([2000, 1000]);
    const broken = await listen(() => ({ status: 500 }));
    await failure(send(serviceOf({ wait }), { method: "POST", url: broken.url, repeatable: true }));
    await failure(send(serviceOf({ wait }), { method: "POST", url: broken.url, repeatable: false }));
    expect([heard.length, broken.heard.length]).toEqual([3, 5]);
  });

  it("gives up on a refusal at once, and repeats nothing secret that the service says", async () => {
    const { url, heard } = await listen(() => ({ status: 401, body: { message: "bad key secret-key" } }));
    const error = await failure(send(serviceOf(), { method: "POST", url, repeatable: true }));
    expect([error.message, error.status, heard.length]).toEqual([
      "hook http://127.0.0.1: it answered 401 (bad key …)",
      401,
      1,
    ]);
  });

  it("follows no redirect, which would carry the key elsewhere", async () => {
    const other = await listen(() => ({}));
    const { url } = await listen(() => ({ status: 307, headers: { location: other.url } }));
    const error = await failure(send(serviceOf(), { method: "POST", url, repeatable: true }));
    expect([error.message, other.heard]).toEqual([
      "hook http://127.0.0.1: it answered 307, a redirect, which is not followed",
      [],
    ]);
  });

  it("waits no longer than its patience, and tells what cannot be reached", async () => {
    const slow: Service["fetch"] = (_, init) =>
      new Promise((_resolve, reject) => init?.signal?.addEventListener("abort", () => reject(init.signal?.reason)));
    const late = serviceOf({ fetch: slow, patience: 20 });
    expect((await failure(send(late, { method: "GET", url: "http://127.0.0.1", repeatable: true }))).message).toBe(
      "hook http://127.0.0.1: no answer in 0.02 s",
    );
    const refused: Service["fetch"] = async () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("x"), { code: "ECONNREFUSED" }) });
    };
    const gone = serviceOf({ fetch: refused });
    expect((await failure(send(gone, { method: "GET", url: "http://127.0.0.1", repeatable: true }))).message).toBe(
      "hook http://127.0.0.1: it could not be reached (ECONNREFUSED)",
    );
  });

  it("ends with the signal's reason", async () => {
    const stop = new AbortController();
    const wait = async () => stop.abort(new Error("stopped"));
    const { url } = await listen(() => ({ status: 500 }));
    const asked = send(serviceOf({ wait, signal: stop.signal }), { method: "GET", url, repeatable: true });
    await expect(asked).rejects.toThrow("stopped");
  });
});
