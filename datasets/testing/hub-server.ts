import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A repository as the test server holds it. */
export interface ServedRepository {
  /** `datasets/organisation/name` or `models/organisation/name`. */
  readonly name: string;
  /** Files by path, by commit. */
  readonly commits: Readonly<Record<string, Readonly<Record<string, Buffer | string>>>>;
  /** Commits by branch, tag or reference. */
  readonly refs: Readonly<Record<string, string>>;
  /** `gated`: listed for all, its files only with the token; `private`: hidden without it. */
  readonly access?: "gated" | "private";
}

type Files = ServedRepository["commits"][string];

/** Faults of the server, which may be changed at any time. Counts of answers go down with each one that is spoilt. */
export interface Faults {
  /** Answers with a file that end, connection and all, after `cutAfter` bytes of their body. */
  cuts: number;
  cutAfter: number;
  /** Answers with a file whose last byte is wrong. */
  wrongBytes: number;
  /** Answers with status 500. */
  failures: number;
  /** Pages of a list of files without the header that names the next one. */
  lostLinks: number;
  /** Links to large files that have expired: the second server answers 403. */
  expiredLinks: number;
  /** Answers with status 429, which ask to wait with `busyHeaders`. */
  busy: number;
  busyHeaders: Readonly<Record<string, string>>;
  /** Makes the header `Link` of a page from the address of the next one. */
  link: (next: URL) => string | readonly string[];
  /** True: a file is sent whole, whatever range was asked for. */
  ignoreRange: boolean;
  /** Milliseconds between the pieces of a file, of which there are then ten. */
  delay: number;
}

export interface SeenRequest {
  readonly server: "hub" | "cdn";
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly authorization?: string | undefined;
  readonly range?: string | undefined;
}

export interface HubServer {
  readonly endpoint: string;
  /** Every request so far, in order. */
  readonly requests: SeenRequest[];
  readonly faults: Faults;
  close(): Promise<void>;
}

/** The one access token that the server takes. */
export const goodToken = "hf_test-token";
const pageSize = 3;
const isLarge = (path: string): boolean => /\.(parquet|safetensors|gz)$/.test(path);

/** Computes the SHA-256 of what the Hub keeps as a large file, git's blob hash of any other. */
export function etagOf(path: string, content: Buffer | string): string {
  const bytes = Buffer.from(content);
  if (isLarge(path)) return createHash("sha256").update(bytes).digest("hex");
  return createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex");
}

/**
 * Starts a small Hub on the loopback address: revisions, paged file lists, files with their headers; large files by
 * redirect to a second port, as from the content network.
 */
export async function startHubServer(repositories: readonly ServedRepository[]): Promise<HubServer> {
  const requests: SeenRequest[] = [];
  const faults: Faults = {
    ...{ cuts: 0, cutAfter: 0, wrongBytes: 0, failures: 0, ignoreRange: false, delay: 0 },
    ...{ lostLinks: 0, expiredLinks: 0, busy: 0, busyHeaders: {}, link: ({ href }) => `<${href}>; rel="next"` },
  };
  const blobs = new Map<string, Buffer>();
  const noted =
    (server: SeenRequest["server"], handle: (request: IncomingMessage, response: ServerResponse) => void) =>
    (request: IncomingMessage, response: ServerResponse): void => {
      const { authorization, range } = request.headers;
      requests.push({ server, method: request.method ?? "", path: request.url ?? "", authorization, range });
      if (faults.failures > 0) {
        faults.failures -= 1;
        refuse(response, 500, "", "Internal Error");
      } else if (faults.busy > 0) {
        faults.busy -= 1;
        response.writeHead(429, faults.busyHeaders).end("Too many requests");
      } else handle(request, response);
    };
  const cdn = createServer(
    noted("cdn", (request, response) => {
      const content = blobs.get((request.url ?? "").slice(1));
      if (faults.expiredLinks > 0) {
        faults.expiredLinks -= 1;
        response.writeHead(403).end("<Error><Message>Request has expired</Message></Error>");
      } else if (content) sendFile(request, response, content, {}, faults);
      else refuse(response, 404, "", "no such blob");
    }),
  );
  const cdnOrigin = await listen(cdn);
  const hub = createServer(
    noted("hub", (request, response) => answer(request, response, { repositories, blobs, cdnOrigin, faults })),
  );
  const endpoint = await listen(hub);
  return {
    endpoint,
    requests,
    faults,
    async close() {
      await Promise.all(
        [hub, cdn].map((server) => new Promise((resolve) => server.close(resolve).closeAllConnections())),
      );
    },
  };
}

interface World {
  readonly repositories: readonly ServedRepository[];
  readonly blobs: Map<string, Buffer>;
  readonly cdnOrigin: string;
  readonly faults: Faults;
}

function answer(request: IncomingMessage, response: ServerResponse, world: World): ServerResponse {
  const url = new URL(request.url ?? "", "http://127.0.0.1");
  const api = /^\/api\/((?:datasets|models)\/.+?)\/(revision|tree)\/([^/]+)(?:\/(.+))?$/.exec(url.pathname);
  const file = /^\/(datasets\/)?(.+?)\/resolve\/([^/]+)\/(.+)$/.exec(url.pathname);
  const name = api?.[1] ?? (file?.[1] ? `datasets/${file[2]}` : `models/${file?.[2]}`);
  const { authorization } = request.headers;
  if (authorization !== undefined && authorization !== `Bearer ${goodToken}`) {
    return refuse(response, 401, "", "Invalid credentials in Authorization header");
  }
  const repository = world.repositories.find((one) => one.name === name);
  if (repository === undefined || (repository.access === "private" && authorization === undefined)) {
    return refuse(response, authorization === undefined ? 401 : 404, "RepoNotFound", "Repository not found");
  }
  const revision = decodeURIComponent(api?.[3] ?? file?.[3] ?? "");
  const commit = repository.refs[revision] ?? revision;
  const files = repository.commits[commit];
  if (files === undefined) return refuse(response, 404, "RevisionNotFound", `Invalid rev id: ${revision}`);
  if (api?.[2] === "revision") return sendInfo(response, repository, commit, files);
  const folder = decodeURIComponent(api?.[4] ?? "");
  if (api)
    return sendTree(
      response,
      new URL(url.pathname + url.search, `http://${request.headers.host}`),
      folder,
      files,
      world,
    );
  if (repository.access === "gated" && authorization === undefined) {
    return refuse(response, 401, "GatedRepo", "Access is restricted");
  }
  return resolveFile(request, response, decodeURIComponent(file?.[4] ?? ""), commit, files, world);
}

function sendInfo(
  response: ServerResponse,
  repository: ServedRepository,
  commit: string,
  files: Files,
): ServerResponse {
  const id = repository.name.replace(/^\w+\//, "");
  const siblings = Object.keys(files).map((rfilename) => ({ rfilename }));
  const facts = { private: false, gated: false, downloads: 0, likes: 0, lastModified: "2024-01-01T00:00:00.000Z" };
  return sendJson(response, { _id: "1", id, sha: commit, siblings, tags: [], ...facts });
}

/** Describes a file, or a folder of files; nothing where there is neither. */
function entryOf(path: string, files: Files): object | undefined {
  const content = files[path];
  if (content === undefined) {
    const isFolder = Object.keys(files).some((file) => file.startsWith(`${path}/`));
    return isFolder ? { type: "directory", oid: "0".repeat(40), size: 0, path } : undefined;
  }
  const size = Buffer.byteLength(content);
  if (!isLarge(path)) return { type: "file", oid: etagOf(path, content), size, path };
  const lfs = { oid: etagOf(path, content), size, pointerSize: 130 };
  return { type: "file", oid: "1".repeat(40), size, path, lfs, xetHash: "2".repeat(64) };
}

/** Returns the paths of a list: folders first, then files; of a folder, only what lies in it itself unless `recursive`. */
function listedPaths(folder: string, recursive: boolean, files: Files): string[] {
  const prefix = folder === "" ? "" : `${folder}/`;
  const inside = Object.keys(files).filter((path) => path.startsWith(prefix));
  if (recursive) {
    const folders = inside.flatMap((path) => (path.includes("/") ? [path.replace(/\/[^/]*$/, "")] : []));
    return [...new Set(folders), ...inside];
  }
  return [...new Set(inside.map((path) => prefix + path.slice(prefix.length).replace(/\/.*$/, "")))];
}

function sendTree(response: ServerResponse, url: URL, folder: string, files: Files, { faults }: World): ServerResponse {
  const paths = listedPaths(folder, url.searchParams.get("recursive") !== "false", files);
  if (paths.length === 0 && folder !== "") return refuse(response, 404, "EntryNotFound", "Entry not found");
  const start = Number(url.searchParams.get("cursor") ?? 0);
  if (start + pageSize < paths.length) {
    url.searchParams.set("cursor", String(start + pageSize));
    if (faults.lostLinks > 0) faults.lostLinks -= 1;
    else response.setHeader("Link", faults.link(url));
  }
  return sendJson(
    response,
    paths.slice(start, start + pageSize).map((path) => entryOf(path, files)),
  );
}

function resolveFile(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  commit: string,
  files: Files,
  { blobs, cdnOrigin, faults }: World,
): ServerResponse {
  const content = files[path];
  if (content === undefined) return refuse(response, 404, "EntryNotFound", "Entry not found");
  const bytes = Buffer.from(content);
  const etag = etagOf(path, content);
  const headers = { "X-Repo-Commit": commit };
  if (!isLarge(path)) return sendFile(request, response, bytes, { ...headers, ETag: `"${etag}"` }, faults);
  blobs.set(etag, bytes);
  const linked = { "X-Linked-Etag": `"${etag}"`, "X-Linked-Size": bytes.length, Location: `${cdnOrigin}/${etag}` };
  return response.writeHead(302, { ...headers, ...linked }).end();
}

function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  content: Buffer,
  headers: Readonly<Record<string, string>>,
  faults: Faults,
): ServerResponse {
  const start = faults.ignoreRange ? 0 : Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const body = Buffer.from(content.subarray(start));
  const range = start > 0 ? { "Content-Range": `bytes ${start}-${content.length - 1}/${content.length}` } : {};
  response.writeHead(start > 0 ? 206 : 200, { ...headers, ...range, "Content-Length": body.length });
  if (request.method === "HEAD") return response.end();
  if (faults.wrongBytes > 0 && body.length > 0) {
    faults.wrongBytes -= 1;
    body[body.length - 1] = (body.at(-1) ?? 0) ^ 0xff;
  }
  if (faults.cuts > 0) {
    faults.cuts -= 1;
    response.write(body.subarray(0, faults.cutAfter), () => setTimeout(() => response.destroy(), 5));
  } else if (faults.delay > 0) sendSlowly(response, body, faults.delay);
  else response.end(body);
  return response;
}

function sendSlowly(response: ServerResponse, body: Buffer, delay: number): void {
  const step = Math.max(1, Math.ceil(body.length / 10));
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.subarray(sent, sent + step));
    sent += step;
    if (sent < body.length && !response.destroyed) return;
    clearInterval(timer);
    response.end();
  }, delay);
}

function refuse(response: ServerResponse, status: number, code: string, error: string): ServerResponse {
  response.writeHead(status, { ...(code ? { "X-Error-Code": code } : {}), "Content-Type": "application/json" });
  return response.end(JSON.stringify({ error }));
}

function sendJson(response: ServerResponse, value: unknown): ServerResponse {
  return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
