import { isCommit, isListedFile, type ListedFile } from "./cache.ts";
import { isRecord, parseDocument } from "./document.ts";
import { InputError, messageOf } from "./errors.ts";
import { limits, seeLimits } from "./limits.ts";
import { nextPage } from "./links.ts";
import { askJson, describeRepository, type Subject } from "./requests.ts";
import type { HubSettings } from "./settings.ts";
import { shown } from "./shown.ts";

/** Asks which commit a branch, tag or reference stands for. */
export async function requestCommit(subject: Subject, settings: HubSettings): Promise<string> {
  const url = `${apiAddress(subject, "revision", settings)}?expand=sha`;
  const { sha } = await requestInfo(url, subject, settings);
  if (typeof sha === "string" && isCommit(sha)) return sha;
  throw unreadable(subject, settings, "it names no commit");
}

/**
 * Asks for the list of all files of a commit, page by page. The names of the files that the commit's description holds
 * are looked up in it: where a proxy drops the header `Link`, the first page would pass for the whole list.
 *
 * @throws InputError for a page that is damaged or cannot be followed: there is no short list
 */
export async function requestListing(subject: Subject, settings: HubSettings): Promise<readonly ListedFile[]> {
  const files = await requestPages(subject, settings);
  const paths = new Set(files.map(({ path }) => path));
  const url = `${apiAddress(subject, "revision", settings)}?expand=siblings`;
  const { siblings } = await requestInfo(url, subject, settings);
  const named = Array.isArray(siblings) ? siblings.map((one) => (isRecord(one) ? one["rfilename"] : undefined)) : [];
  const missing = named.find((name) => typeof name === "string" && !paths.has(name));
  if (missing === undefined) return files;
  throw unreadable(subject, settings, `its list of ${files.length} files lacks ${shown(missing)}, and is not whole`);
}

async function requestPages(subject: Subject, settings: HubSettings): Promise<readonly ListedFile[]> {
  const files: ListedFile[] = [];
  const first = new URL(`${apiAddress(subject, "tree", settings)}?recursive=true&expand=false`);
  const seen = new Set<string>();
  for (let page: URL | undefined = first; page !== undefined; ) {
    seen.add(page.href);
    const { value, links } = await requestPage(page, subject, settings);
    files.push(...listedFiles(value, subject, settings));
    if (files.length > limits.repositoryFiles) {
      throw unreadable(subject, settings, `it lists more than ${limits.repositoryFiles} files, ${seeLimits}`);
    }
    page = follow(links, page, subject, settings);
    if (page === undefined) break;
    if (seen.has(page.href)) throw unreadable(subject, settings, "the pages of its list of files go round in a circle");
    if (seen.size === limits.listingPages) {
      throw unreadable(subject, settings, `its list of files has more than ${limits.listingPages} pages, ${seeLimits}`);
    }
  }
  return files;
}

/** Returns the next page, which must lie where the first one does: the list of files decides what is read. */
function follow(links: string | null, page: URL, subject: Subject, settings: HubSettings): URL | undefined {
  const next = readable(subject, settings, () => nextPage(links, page));
  if (next === undefined || next.origin === page.origin) return next;
  throw unreadable(subject, settings, `the next page of its list of files lies at another address, ${next.origin}`);
}

function listedFiles(value: unknown, subject: Subject, settings: HubSettings): ListedFile[] {
  if (!Array.isArray(value)) throw unreadable(subject, settings, `its list of files is ${shown(value, 200)}`);
  return value.flatMap((entry) => {
    if (isRecord(entry) && entry["type"] === "directory") return [];
    const { path, size, oid, lfs } = isRecord(entry) ? entry : {};
    const large = isRecord(lfs) ? lfs : {};
    const file = { path, size: large["size"] ?? size, etag: large["oid"] ?? oid };
    if (!isListedFile(file)) throw unreadable(subject, settings, `bad entry ${shown(file, 200)}`);
    return [file];
  });
}

const apiAddress = ({ kind, id, revision }: Subject, what: "revision" | "tree", { endpoint }: HubSettings): string =>
  `${endpoint}/api/${kind}s/${id}/${what}/${encodeURIComponent(revision)}`;

async function requestInfo(url: string, subject: Subject, settings: HubSettings): Promise<Record<string, unknown>> {
  const { value } = await requestPage(new URL(url), subject, settings);
  if (isRecord(value)) return value;
  throw unreadable(subject, settings, `it is ${shown(value, 200)}`);
}

async function requestPage(
  url: URL,
  subject: Subject,
  settings: HubSettings,
): Promise<{ readonly value: unknown; readonly links: string | null }> {
  const { text, headers } = await askJson(url.href, subject, settings);
  const value = parseDocument(text, "", (reason) => unreadable(subject, settings, reason));
  return { value, links: headers.get("link") };
}

function readable<T>(subject: Subject, settings: HubSettings, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(subject, settings, messageOf(error));
  }
}

function unreadable(subject: Subject, settings: HubSettings, reason: string): InputError {
  const host = new URL(settings.endpoint).host;
  return new InputError(
    `hub: the answer of ${host} about ${describeRepository(subject)} cannot be read: ${reason}; check HF_ENDPOINT`,
  );
}
