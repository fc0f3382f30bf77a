import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a request meets in place of its answer; `go` gives that answer. */
export type Fault = (response: ServerResponse, go: () => void) => void;

export interface SeenS3Request {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
}

interface Stored {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface S3Server {
  readonly endpoint: string;
  readonly requests: SeenS3Request[];
  /** Objects by name, within the one bucket. */
  readonly objects: Map<string, Stored>;
  /** Each request takes the first that is left. */
  readonly faults: Fault[];
  /** May be changed at any time. */
  readonly ways: {
    /** False: an object is overwritten, whatever the request says of that. */
    knowsConditions: boolean;
    /** Objects on a page of a list. */
    pageSize: number;
    /** False: no page but the first is told of. */
    tellsPages: boolean;
  };
  close(): Promise<void>;
}

/** The one bucket of the server. */
export const bucket = "work";

/** Variables of the environment for the server. */
export const s3Variables = (endpoint: string): Record<string, string> => ({
  AWS_ENDPOINT_URL_S3: endpoint,
  AWS_ACCESS_KEY_ID: "known-key",
  AWS_SECRET_ACCESS_KEY: "a-very-secret-secret",
});

const xml = (response: ServerResponse, status: number, body: string): ServerResponse =>
  response.writeHead(status, { "content-type": "application/xml" }).end(`<?xml version="1.0"?>${body}`);

/** Makes a fault: the server refuses. */
export const refuses =
  (status: number, code: string, headers: Readonly<Record<string, string>> = {}): Fault =>
  (response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const secret = "<AWSAccessKeyId>known-key</AWSAccessKeyId><StringToSign>a-very-secret-secret</StringToSign>";
    xml(response, status, `<Error><Code>${code}</Code>${secret}</Error>`);
  };

/** The server does what it is asked, and the connection breaks before it says so. */
export const losesAnswer: Fault = (response, go) => {
  response.end = () => response.destroy();
  go();
};

/** The body of the answer ends in its middle, connection and all. */
export const cutsBody: Fault = (response, go) => {
  response.end = ((bytes: Buffer) => {
    response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
    return response;
  }) as ServerResponse["end"];
  go();
};

/** A byte of the answer is another. */
export const damagesBody: Fault = (response, go) => {
  const end = response.end.bind(response) as (bytes: Buffer) => ServerResponse;
  response.end = ((bytes: Buffer) => end(Buffer.from(bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte))))) as never;
  go();
};

/** No answer comes. */
export const staysSilent: Fault = () => undefined;

/** Starts a small server on the loopback address that speaks S3's language, as far as a store asks in it. */
export async function startS3Server(): Promise<S3Server> {
  const requests: SeenS3Request[] = [];
  const objects = new Map<string, Stored>();
  const faults: Fault[] = [];
  const ways = { knowsConditions: true, pageSize: 1000, tellsPages: true };
  const server = createServer((request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, path: url, headers });
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const go = (): void => void answer({ method, path: url, headers }, Buffer.concat(parts), response, objects, ways);
      const fault = faults.shift();
      if (fault) fault(response, go);
      else go();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    ...{ requests, objects, faults, ways },
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

function answer(
  { method, path, headers }: SeenS3Request,
  body: Buffer,
  response: ServerResponse,
  objects: Map<string, Stored>,
  ways: S3Server["ways"],
): ServerResponse {
  const url = new URL(path, "http://127.0.0.1");
  const [, named, object = ""] = /^\/([^/]+)(?:\/(.*))?$/.exec(url.pathname) ?? [];
  const refuse = (status: number, code: string): ServerResponse =>
    xml(response, status, `<Error><Code>${code}</Code></Error>`);
  if (!/^AWS4-HMAC-SHA256 Credential=known-key\//.test(headers.authorization ?? "")) {
    return refuse(403, "InvalidAccessKeyId");
  }
  if (named !== bucket) return refuse(404, "NoSuchBucket");
  if (object === "") return list(url.searchParams, response, objects, ways);
  const stored = objects.get(object);
  if (method === "PUT") {
    if (createHash("sha256").update(body).digest("hex") !== headers["x-amz-content-sha256"]) {
      return refuse(400, "XAmzContentSHA256Mismatch");
    }
    if (ways.knowsConditions && stored && headers["if-none-match"] === "*") return refuse(412, "PreconditionFailed");
    const meta = Object.entries(headers).filter(([name]) => name.startsWith("x-amz-meta-"));
    objects.set(object, { bytes: body, headers: Object.fromEntries(meta) as Record<string, string> });
    return response.writeHead(200).end();
  }
  if (stored === undefined) return refuse(404, "NoSuchKey");
  response.writeHead(200, { ...stored.headers, "content-length": stored.bytes.length });
  return method === "HEAD" ? response.end() : response.end(stored.bytes);
}

function list(
  query: URLSearchParams,
  response: ServerResponse,
  objects: Map<string, Stored>,
  { pageSize, tellsPages }: S3Server["ways"],
): ServerResponse {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const rest = [...objects.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
  const page = rest.slice(0, pageSize);
  const isTruncated = page.length < rest.length;
  const contents = page.map((name) => `<Contents><Key>${name}</Key></Contents>`).join("");
  const next = isTruncated && tellsPages ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : "";
  const end = `<IsTruncated>${isTruncated}</IsTruncated>${next}</ListBucketResult>`;
  return xml(response, 200, `<ListBucketResult>${contents}${end}`);
}
