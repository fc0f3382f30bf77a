import { randomUUID } from "node:crypto";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { remembering } from "../../datasets/remembering.ts";
import { sha256Of } from "./checksum.ts";
import { askS3, hostOf, type S3Answer } from "./s3-request.ts";
import type { S3Settings } from "./s3-settings.ts";
import { isKey, requireKey, requirePrefix, requireSize, type Store, type StoreWorld } from "./store.ts";

const checksumHeader = "x-amz-meta-sha256";
/** Tells which call published an object. */
const writerHeader = "x-amz-meta-writer";
/** Name of the object that shows what the store does; no key, as it begins with a dot. */
const proofName = ".store";
/** Writers of it at once. */
const racers = 4;
/** Times that an object whose checksum is wrong is read again: the bytes may have been damaged on their way. */
const rereads = 2;

/**
 * Opens a bucket as a store. An object is written with `If-None-Match: *`, which lets the server refuse it where the name is
 * taken; a server that does not is found out and refused. Beside each object stand its SHA-256 and the mark of its writer.
 */
export function s3Store(settings: S3Settings, world: StoreWorld): Store {
  const { name, prefix } = settings;
  const objectOf = (key: string): string => (prefix === "" ? key : `${prefix}/${key}`);
  const prove = remembering(async (object: string) => {
    const what = "it cannot be written to";
    const racing = Array.from({ length: racers }, (_, i) => publish(object, Uint8Array.of(i), what, settings, world));
    const won = (await Promise.all(racing)).filter((outcome) => outcome === "published");
    if (won.length <= 1) return;
    throw new InputError(
      `store ${name}: the server takes an object whose name is taken, though it was asked not to (If-None-Match: *), so that ` +
        "work would be overwritten; choose a server that knows it, or a shared folder",
    );
  });
  return {
    name,
    prove: () => prove(objectOf(proofName)),
    read: async (key) => {
      requireKey(key, name);
      return readObject(objectOf(key), key, settings, world);
    },
    publish: async (key, bytes) => {
      requireKey(key, name);
      requireSize(key, bytes.length, name);
      await prove(objectOf(proofName));
      return publish(objectOf(key), bytes, `${key} cannot be published`, settings, world);
    },
    list: (below) => {
      requirePrefix(below, name);
      return keysBelow(below, objectOf(below), settings, world);
    },
  };
}

async function publish(
  object: string,
  bytes: Uint8Array,
  what: string,
  settings: S3Settings,
  world: StoreWorld,
): Promise<"published" | "there"> {
  const [writer, sha256] = [randomUUID(), sha256Of(bytes)];
  const headers = { "if-none-match": "*", [checksumHeader]: sha256, [writerHeader]: writer };
  const body = { bytes, sha256 };
  const answer = await askS3({ method: "PUT", object, body, headers, what, most: limits.refusal }, settings, world);
  if (answer.status < 300) return "published";
  if (answer.status !== 412) throw missing(answer, what, settings);
  if (!answer.isRepeated) return "there";
  // The answer to the first try was lost; the object that is there may be its.
  const there = await askS3({ method: "HEAD", object, what, most: 0 }, settings, world);
  return there.headers.get(writerHeader) === writer ? "published" : "there";
}

/** Explains an answer of 404, or any other that cannot be: a bucket that is not there, or a server that is none of S3's. */
function missing({ status, code }: S3Answer, what: string, settings: S3Settings): InputError {
  const { name, bucket } = settings;
  const host = hostOf(settings);
  if (code === "NoSuchBucket") {
    return new InputError(`store ${name}: ${what}: ${host} has no bucket ${bucket}; make it, or name another one`);
  }
  return new InputError(
    `store ${name}: ${what}: ${host} answered ${status} ${code || "without a word of S3"}; check AWS_ENDPOINT_URL_S3`,
  );
}

async function readObject(
  object: string,
  key: string,
  settings: S3Settings,
  world: StoreWorld,
): Promise<Uint8Array | undefined> {
  const what = `${key} cannot be read`;
  for (let damaged = 0; damaged <= rereads; damaged++) {
    const answer = await askS3({ method: "GET", object, what, most: limits.storedBytes }, settings, world);
    if (answer.code === "NoSuchKey") return undefined;
    if (answer.status >= 300) throw missing(answer, what, settings);
    const checksum = answer.headers.get(checksumHeader);
    if (checksum === null) {
      throw new InputError(
        `store ${settings.name}: ${key} has no checksum beside it (${checksumHeader}): it was not published here; remove it, ` +
          "and what made it runs again",
      );
    }
    if (checksum === sha256Of(answer.body)) return answer.body;
  }
  throw new InputError(
    `store ${settings.name}: ${key} is damaged: its checksum is not that of its bytes; remove it, and what made it runs again`,
  );
}

const textOf = (page: string, name: string): string | undefined =>
  new RegExp(`<${name}>([^<]*)</${name}>`).exec(page)?.[1];

/** Gives the keys below a prefix, page by page; names that are no keys are left out. */
async function* keysBelow(
  below: string,
  object: string,
  settings: S3Settings,
  world: StoreWorld,
): AsyncGenerator<string> {
  const { name, prefix } = settings;
  const what = below === "" ? "it cannot be listed" : `${below} cannot be listed`;
  const start = prefix === "" ? 0 : prefix.length + 1;
  const folder = object === "" || object.endsWith("/") ? object : `${object}/`;
  const seen = new Set<string>();
  for (let token = ""; ; ) {
    const next = token === "" ? {} : { "continuation-token": token };
    const query = { "list-type": "2", prefix: folder, ...next };
    const answer = await askS3({ method: "GET", object: "", query, what, most: limits.storePage }, settings, world);
    if (answer.status >= 300) throw missing(answer, what, settings);
    const page = answer.body.toString("utf8");
    for (const [, one] of page.matchAll(/<Key>([^<]*)<\/Key>/g)) {
      if (one.startsWith(folder) && isKey(one.slice(start))) yield one.slice(start);
    }
    const isLast = textOf(page, "IsTruncated") === "false";
    token = textOf(page, "NextContinuationToken")?.replaceAll("&amp;", "&") ?? "";
    if (isLast && page.includes("</ListBucketResult>")) return;
    if (isLast || token === "" || seen.has(token)) {
      throw new InputError(
        `store ${name}: ${what}: ${hostOf(settings)} gave a list without its end; choose a server that knows ListObjectsV2`,
      );
    }
    seen.add(token);
  }
}
