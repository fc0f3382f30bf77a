import { randomInt } from "node:crypto";
import { codeOf, InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { fetchBy } from "../../datasets/proxy.ts";
import { pause, pauseAfter, throughProxy, patience as usualPatience } from "../../datasets/requests.ts";
import { askedPause } from "../../datasets/retry-after.ts";
import { readBodyBytes } from "../../datasets/small-file.ts";
import { StoreError } from "../results/store.ts";
import { sha256Of } from "./checksum.ts";
import type { S3Settings } from "./s3-settings.ts";
import type { StoreWorld } from "./store.ts";

/** What a request carries. */
export interface S3Body {
  readonly bytes: Uint8Array;
  /** Their SHA-256, which the server compares. */
  readonly sha256: string;
}

/** A request to a bucket. */
export interface S3Request {
  readonly method: "GET" | "HEAD" | "PUT";
  /** Name of an object; empty for the bucket itself. */
  readonly object: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: S3Body;
  /** What a message calls it: `shards/1 cannot be read`. */
  readonly what: string;
  /** Most bytes of the answer. */
  readonly most: number;
}

/** An answer that was read whole. */
export interface S3Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** S3's word for what is wrong, such as `NoSuchKey`; empty where it says none. */
  readonly code: string;
  /** True where an earlier try of the request has failed, which may have done its work all the same. */
  readonly isRepeated: boolean;
}

const tries = 8;
const longestAsked = 60_000;
const pieceBytes = 1 << 16;

/** Failures of a server that pass, whatever their status. */
const passingCodes = [
  "BadDigest",
  "ConditionalRequestConflict",
  "IncompleteBody",
  "InternalError",
  "OperationAborted",
  "RequestTimeout",
  "ServiceUnavailable",
  "SlowDown",
  "XAmzContentSHA256Mismatch",
];
const passingStatuses = [408, 409, 429, 500, 502, 503, 504];
/** Answers that say how something is, which whoever asked looks at. */
const tellingStatuses = [404, 412];
/** Codes of failures of a connection that will not pass in a few seconds. */
const hopeless = ["ENOTFOUND", "ERR_TLS_CERT_ALTNAME_INVALID"];

/**
 * Asks a store and returns its answer, of a status below 300, or 404 or 412. Connections that break or stall, answers that
 * are cut, and those that say that the server cannot now are tried again, with pauses that double, half a minute in all.
 *
 * @throws StoreError where the server could not all that while; InputError where it refuses
 */
export async function askS3(request: S3Request, settings: S3Settings, world: StoreWorld): Promise<S3Answer> {
  for (let failures = 1; ; failures++) {
    let asked = 0;
    try {
      const answer = { ...(await tryOnce(request, settings, world)), isRepeated: failures > 1 };
      if (answer.status < 300 || tellingStatuses.includes(answer.status)) return answer;
      if (!passes(answer)) throw refusal(answer, request, settings);
      if (failures === tries) throw busy(answer, request, settings);
      asked = Math.min(askedPause(answer, world.now() * 1000) ?? 0, longestAsked);
    } catch (error) {
      world.signal?.throwIfAborted();
      if (error instanceof InputError) throw error;
      if (failures === tries || hopeless.includes(reasonOf(error))) throw unreachable(error, request, settings);
    }
    // Workers that were turned away together do not come back together.
    const own = pauseAfter(failures);
    await pause(Math.max(asked, own - randomInt(Math.ceil(own / 2))), world);
  }
}

const passes = ({ status, code }: Pick<S3Answer, "status" | "code">): boolean =>
  passingCodes.includes(code) || passingStatuses.includes(status);

async function tryOnce(
  { method, object, query = {}, headers = {}, body, most, what }: S3Request,
  settings: S3Settings,
  { signal, patience = usualPatience }: StoreWorld,
): Promise<Omit<S3Answer, "isRepeated">> {
  const url = new URL(`${settings.endpoint}/${settings.bucket}${object === "" ? "" : `/${object}`}`);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const signed = await sign(method, url, headers, body, settings);
  const fetch = await fetchBy(settings.proxyFor?.(url));
  const watch = watchdog(patience);
  try {
    const response = await fetch(url.href, {
      method,
      headers: signed,
      // The keys go to the server that was named and to no other.
      redirect: "manual",
      signal: signal ? AbortSignal.any([watch.signal, signal]) : watch.signal,
      ...(body && { body: pieces(body.bytes, watch.alive), duplex: "half" }),
    });
    watch.alive();
    const isRefusal = response.status >= 300;
    const subject = `store ${settings.name}: ${what}: the answer`;
    const content = await readBodyBytes(response, subject, isRefusal ? limits.refusal : most, watch.alive);
    const code = isRefusal ? codeOfAnswer(content) : "";
    return { status: response.status, headers: response.headers, body: content, code };
  } finally {
    watch.end();
  }
}

/** Returns the headers of a request with the signature (version 4) over them and over the body. */
async function sign(
  method: string,
  url: URL,
  headers: Readonly<Record<string, string>>,
  body: S3Body | undefined,
  { region, accessKeyId, secretAccessKey, sessionToken }: S3Settings,
): Promise<Headers> {
  const { AwsV4Signer } = await import("aws4fetch");
  const signer = new AwsV4Signer({
    ...{ method, url: url.href, region, service: "s3", accessKeyId, secretAccessKey },
    headers: { ...headers, "x-amz-content-sha256": body?.sha256 ?? sha256Of(new Uint8Array()) },
    ...(sessionToken !== undefined && { sessionToken }),
  });
  const signed = (await signer.sign()).headers;
  // These two are not signed: what lies between may change them.
  signed.set("accept-encoding", "identity");
  if (body) signed.set("content-length", String(body.bytes.length));
  return signed;
}

interface Watchdog {
  readonly signal: AbortSignal;
  /** Tells that something moved. */
  readonly alive: () => void;
  readonly end: () => void;
}

/** Makes a signal that aborts once nothing has moved for so many milliseconds. */
function watchdog(milliseconds: number): Watchdog {
  const controller = new AbortController();
  const bark = (): void => controller.abort(new Error(`nothing moved for ${milliseconds / 1000} s`));
  const timer = setTimeout(bark, milliseconds);
  return { signal: controller.signal, alive: () => void timer.refresh(), end: () => clearTimeout(timer) };
}

/** Gives a body piece by piece: the next is asked for when the connection has taken the last. */
async function* pieces(body: Uint8Array, onPiece: () => void): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < body.length; start += pieceBytes) {
    onPiece();
    yield body.subarray(start, start + pieceBytes);
  }
}

const codeOfAnswer = (body: Buffer): string =>
  /<Code>\s*([A-Za-z0-9.]{1,80})\s*<\/Code>/.exec(body.toString("utf8"))?.[1] ?? "";

/** Returns the system's code for the failure of a connection, or else the message of what caused it. */
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.cause instanceof Error) return reasonOf(error.cause);
  const code = codeOf(error);
  return /^E[A-Z_]+$/.test(code) ? code : messageOf(error);
}

/** Names a store's server, for messages. */
export const hostOf = ({ endpoint }: S3Settings): string => new URL(endpoint).host;

function unreachable(error: unknown, { what }: S3Request, settings: S3Settings): StoreError {
  const through = throughProxy(new URL(settings.endpoint), settings);
  return new StoreError(
    `store ${settings.name}: ${what}: ${hostOf(settings)} gave no whole answer${through} ` +
      `(${reasonOf(error)}); check the network and AWS_ENDPOINT_URL_S3, or try again later`,
  );
}

const answered = ({ status, code }: S3Answer, settings: S3Settings): string =>
  `${hostOf(settings)} answered ${status}${code === "" ? "" : ` ${code}`}`;

function busy(answer: S3Answer, { what }: S3Request, settings: S3Settings): StoreError {
  return new StoreError(
    `store ${settings.name}: ${what}: ${answered(answer, settings)} ${tries} times; try again later`,
  );
}

/** Ways out of refusals by S3's word for them. */
const waysOut: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: "check AWS_ACCESS_KEY_ID",
  SignatureDoesNotMatch: "check AWS_SECRET_ACCESS_KEY and AWS_REGION",
  ExpiredToken: "the keys have expired; set new ones in AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
  InvalidToken: "check AWS_SESSION_TOKEN",
  RequestTimeTooSkewed: "set the clock of this machine",
  AuthorizationHeaderMalformed: "check AWS_REGION",
  NotImplemented: "the server cannot do what is asked for; choose another one",
  EntityTooLarge: "the server takes no object of that size; choose another one",
};

/** Explains an answer that will not change. */
function refusal(answer: S3Answer, { what }: S3Request, settings: S3Settings): InputError {
  const { status, code, headers } = answer;
  const message = `store ${settings.name}: ${what}: ${answered(answer, settings)}`;
  const region = headers.get("x-amz-bucket-region") ?? "";
  if (/^[a-z0-9-]+$/.test(region) && region !== settings.region) {
    return new InputError(`${message}: the bucket lies in ${region}; set AWS_REGION=${region}`);
  }
  if (status === 507) return new StoreError(`${message}; make room`);
  if (status < 400) return new InputError(`${message}, which leads elsewhere; name the server in AWS_ENDPOINT_URL_S3`);
  const way = waysOut[code] ?? (status === 401 || status === 403 ? rights : undefined);
  return new InputError(`${message}; ${way ?? "see what the server's log says of it"}`);
}

const rights =
  "the keys need the rights s3:GetObject, s3:PutObject and s3:ListBucket on the bucket, without the last of which a " +
  "missing object looks like a forbidden one";
