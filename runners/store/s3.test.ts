import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { StoreError } from "../results/store.ts";
import { openStore } from "./index.ts";
import type { Store, StoreWorld } from "./store.ts";
import {
  bucket,
  cutsBody,
  damagesBody,
  losesAnswer,
  refuses,
  type S3Server,
  s3Variables,
  startS3Server,
  staysSilent,
} from "./testing/s3-server.ts";

let server: S3Server;
beforeEach(async () => {
  server = await startS3Server();
});
afterEach(() => server.close());

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const text = (content: Uint8Array | undefined): string | undefined => content && Buffer.from(content).toString();

let waits: number[];
function open(address = `s3://${bucket}/run`, more: Partial<StoreWorld> = {}): Store {
  waits = [];
  const wait = async (milliseconds: number): Promise<void> => void waits.push(milliseconds);
  return openStore(address, { env: s3Variables(server.endpoint), now: () => 0, wait, ...more });
}

/** Opens a store that has proved itself, and forgets the requests of that. */
async function proved(): Promise<Store> {
  const store = open();
  await store.prove();
  server.requests.length = 0;
  return store;
}

/** Returns the message of an error, which must be one of the user's and hold no secret. */
async function messageOf(promise: Promise<unknown>, kind: typeof InputError = InputError): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(kind);
  const { message } = error as InputError;
  expect(message).not.toMatch(/secret-secret|known-key/);
  return message;
}

async function keysOf(store: Store, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const key of store.list(prefix)) keys.push(key);
  return keys;
}

describe("publishing", () => {
  it("gives a key its bytes once, of many writers to one", async () => {
    const stores = Array.from({ length: 8 }, () => open());
    const outcomes = await Promise.all(stores.map((store, i) => store.publish("shard/1", bytes(`writer ${i}`))));
    expect(outcomes.filter((one) => one === "published")).toHaveLength(1);
    expect(text(await open().read("shard/1"))).toBe(`writer ${outcomes.indexOf("published")}`);
    expect(await open().publish("shard/1", bytes("late"))).toBe("there");
  });

  it("takes no bytes, and megabytes that go piece by piece", async () => {
    const store = open(`s3://${bucket}`);
    const large = new Uint8Array(3_000_001).map((_, i) => i % 251);
    await store.publish("none", new Uint8Array());
    await store.publish("large", large);
    expect(await store.read("none")).toHaveLength(0);
    expect(Buffer.compare((await store.read("large")) ?? bytes(""), large)).toBe(0);
    expect(server.requests.find(({ path }) => path === `/${bucket}/large`)?.headers["content-length"]).toBe("3000001");
  });

  it("tells its own object from another's where the answer to it was lost", async () => {
    const store = await proved();
    server.faults.push(losesAnswer);
    expect(await store.publish("a", bytes("mine"))).toBe("published");
    server.objects.clear();
    await open().publish("a", bytes("another's"));
    server.faults.push(refuses(503, "SlowDown"));
    expect(await store.publish("a", bytes("mine"))).toBe("there");
    expect(text(await store.read("a"))).toBe("another's");
  });

  it("waits and tries again where the server cannot now, as long as it asks for", async () => {
    const store = await proved();
    server.faults.push(
      refuses(503, "SlowDown"),
      refuses(409, "ConditionalRequestConflict"),
      refuses(500, "InternalError"),
    );
    server.faults.push(refuses(503, "SlowDown", { "retry-after": "7" }), refuses(400, "RequestTimeout"));
    expect(await store.publish("a", bytes("a"))).toBe("published");
    expect(waits).toHaveLength(5);
    expect(waits[3]).toBe(7000);
    expect(waits[4]).toBeGreaterThanOrEqual(1600);
  });

  it("gives up on a server that cannot for long, and on one that is silent", async () => {
    const store = await proved();
    server.faults.push(...Array.from({ length: 8 }, () => refuses(503, "SlowDown")));
    expect(await messageOf(store.publish("a", bytes("a")), StoreError)).toMatch(
      /^store s3:\/\/work\/run: a cannot be published: 127\.0\.0\.1:\d+ answered 503 SlowDown 8 times; try again later$/,
    );
    server.faults.push(...Array.from({ length: 8 }, () => staysSilent));
    expect(await messageOf(open(undefined, { patience: 20 }).read("a"), StoreError)).toMatch(
      /gave no whole answer \(nothing moved for 0\.02 s\); check the network and AWS_ENDPOINT_URL_S3/,
    );
  });

  it("stops when the user does", async () => {
    const controller = new AbortController();
    const store = open(undefined, { signal: controller.signal });
    server.faults.push(staysSilent);
    const reading = store.read("a");
    controller.abort(new Error("stopped"));
    await expect(reading).rejects.toThrow("stopped");
  });
});

describe("a server that does not keep the promise", () => {
  it("is found out where it overwrites, before anything is published", async () => {
    server.ways.knowsConditions = false;
    const store = open();
    expect(await messageOf(store.publish("a", bytes("a")))).toMatch(
      /takes an object whose name is taken, though it was asked not to \(If-None-Match: \*\).*choose a server that knows it/,
    );
    expect([...server.objects.keys()]).toEqual(["run/.store"]);
    // Also where the proof of an earlier time is there.
    expect(await messageOf(store.prove())).toContain("If-None-Match");
    server.ways.knowsConditions = true;
    await store.prove();
  });

  it("proves itself once", async () => {
    const store = open();
    await Promise.all([store.publish("a", bytes("a")), store.publish("b", bytes("b")), store.prove()]);
    expect(server.requests).toHaveLength(4 + 2);
  });
});

describe("reading", () => {
  it("gives nothing for a key that is not there", async () => {
    expect(await open().read("a")).toBeUndefined();
  });

  it("tries again where bytes were cut or damaged on their way", async () => {
    const store = open();
    await store.publish("a", bytes("some bytes"));
    server.faults.push(cutsBody, damagesBody, refuses(500, "InternalError"));
    expect(text(await store.read("a"))).toBe("some bytes");
  });

  it("refuses bytes that are not those that were published", async () => {
    const store = open();
    await store.publish("a", bytes("some bytes"));
    const stored = server.objects.get("run/a");
    if (!stored) throw new Error("not stored");
    server.objects.set("run/a", { ...stored, bytes: Buffer.from("Some bytes") });
    expect(await messageOf(store.read("a"))).toMatch(/a is damaged: its checksum is not that of its bytes; remove it/);
    server.objects.set("run/a", { ...stored, headers: {} });
    expect(await messageOf(store.read("a"))).toMatch(/a has no checksum beside it \(x-amz-meta-sha256\)/);
  });
});

describe("listing", () => {
  it("gives all keys of all pages below a prefix and no others", async () => {
    const store = open();
    for (const key of ["a", "ab", "a/1", "a/b/2", "a/3", "b/4"]) await store.publish(key, bytes(key));
    const [stranger] = server.objects.values();
    server.objects.set("run/a/no key", stranger);
    server.objects.set("other/a/9", stranger);
    server.ways.pageSize = 2;
    expect((await keysOf(store, "a")).sort()).toEqual(["a/1", "a/3", "a/b/2"]);
    expect((await keysOf(store, "")).sort()).toEqual(["a", "a/1", "a/3", "a/b/2", "ab", "b/4"]);
    expect(await keysOf(open(`s3://${bucket}`), "other")).toEqual(["other/a/9"]);
    expect(await keysOf(store, "none")).toEqual([]);
  });

  it("refuses a list that has no end", async () => {
    const store = open();
    for (const key of ["a", "b", "c"]) await store.publish(key, bytes(key));
    server.ways.pageSize = 1;
    server.ways.tellsPages = false;
    expect(await messageOf(keysOf(store, ""))).toMatch(
      /gave a list without its end; choose a server that knows ListObj/,
    );
  });
});

describe("refusals", () => {
  it.each([
    [403, "AccessDenied", {}, /answered 403 AccessDenied; the keys need the rights s3:GetObject, s3:PutObject/],
    [403, "SignatureDoesNotMatch", {}, /check AWS_SECRET_ACCESS_KEY and AWS_REGION/],
    [400, "ExpiredToken", {}, /the keys have expired/],
    [301, "PermanentRedirect", { "x-amz-bucket-region": "eu-west-1" }, /lies in eu-west-1; set AWS_REGION=eu-west-1$/],
    [307, "", { location: "http://127.0.0.1:1/" }, /answered 307, which leads elsewhere/],
    [501, "NotImplemented", {}, /answered 501 NotImplemented; the server cannot do what is asked for/],
    [404, "NoSuchBucket", {}, /has no bucket work; make it, or name another one/],
    [404, "", {}, /answered 404 without a word of S3; check AWS_ENDPOINT_URL_S3/],
    [418, "Tea", {}, /answered 418 Tea; see what the server's log says of it/],
  ])("an answer of %d %s is explained and not asked for again", async (status, code, headers, expected) => {
    const store = await proved();
    for (const ask of [() => store.publish("a", bytes("a")), () => store.read("a"), () => keysOf(store, "a")]) {
      server.faults.push(refuses(status, code, headers));
      expect(await messageOf(ask())).toMatch(expected);
    }
    expect(server.requests).toHaveLength(3);
  });

  it("a server without room may have some later", async () => {
    const store = await proved();
    server.faults.push(refuses(507, "XMinioStorageFull"));
    expect(await messageOf(store.publish("a", bytes("a")), StoreError)).toMatch(/507 XMinioStorageFull; make room$/);
  });

  it("a bucket that is not there is named", async () => {
    const store = open("s3://elsewhere/run");
    expect(await messageOf(store.prove())).toMatch(
      /^store s3:\/\/elsewhere\/run: it cannot be written to: .*elsewhere/,
    );
  });
});
