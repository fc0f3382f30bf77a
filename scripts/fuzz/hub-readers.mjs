/** Readers of what a Hub answers, and of what is kept of it; scripts/fuzz/readers.mjs says what a reader is. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { built } from "../prepare.mjs";
import { changeText, changeTextFile, pick } from "./mutate.mjs";

const commit = "a".repeat(40);
const endpoint = "http://127.0.0.1:9";
const tree = `${endpoint}/api/datasets/a/b/tree/${commit}`;
const entry = (path, more = {}) => ({ type: "file", oid: "b".repeat(40), size: 2, path, ...more });
const large = { oid: "c".repeat(40), lfs: { oid: "c".repeat(64), size: 5, pointerSize: 130 } };
const json = (value) => Buffer.from(JSON.stringify(value));
const pages = {
  page: json([{ type: "directory", oid: "0".repeat(40), size: 0, path: "data" }, entry("README.md")]),
  next: json([entry("data/test.parquet", large)]),
  info: json({ sha: commit, siblings: [{ rfilename: "README.md" }, { rfilename: "data/test.parquet" }] }),
};
/** Forms of a header that names the next page. */
const links = [
  `<${tree}?cursor=x>; rel="next"`,
  `<?cursor=x>;rel=next`,
  `</first>; rel="first prev"; title="a, \\"b\\"", <${tree}?cursor=x>; REL = "last Next"; crossorigin`,
];

function headersOf(values) {
  const get = (name) => values[name.toLowerCase()] ?? null;
  return { get, has: (name) => get(name) !== null };
}

/** Opens the repository over answers in files; says so where a list lacks a file of its pages. */
async function readPages(folder) {
  const { openSnapshot } = await built("datasets/hub.js");
  const read = (name) => readFileSync(join(folder, name), "latin1");
  const fetch = async (address) => {
    const { pathname, searchParams } = new URL(address);
    const name = !pathname.includes("/tree/") ? "info" : searchParams.has("cursor") ? "next" : "page";
    const headers = headersOf(name === "page" ? { link: read("link") } : {});
    return { status: 200, headers, body: new Response(readFileSync(join(folder, name))).body };
  };
  const settings = { cacheDir: join(folder, "hub"), endpoint, offline: false, fetch, wait: async () => {} };
  const snapshot = await openSnapshot({ kind: "dataset", id: "a/b", revision: commit }, settings);
  const files = await snapshot.files();
  const listed = ["page", "next"].flatMap((name) => JSON.parse(readFileSync(join(folder, name), "utf8")));
  const lost = listed.find(({ type, path }) => type !== "directory" && !files.includes(path));
  // A header of another meaning, or a page that follows on another, may leave out the second page.
  if (lost && links.includes(read("link"))) throw new Error(`the list of ${files.length} files lacks ${lost.path}`);
}

const kept = [
  { path: "README.md", size: 2, etag: "b".repeat(40) },
  { path: "data/test.parquet", size: 5, etag: "c".repeat(64) },
];
const trees = {
  "README.md": { size: 2, blob_id: "b".repeat(40) },
  "data/test.parquet": { size: 130, blob_id: "b".repeat(40), lfs_sha256: "c".repeat(64), lfs_size: 5 },
};

export const hubReaders = {
  "kept list of files": {
    bases: () => [
      { main: Buffer.from(commit), [`listings/${commit}.json`]: json({ version: 2, files: kept }) },
      { main: Buffer.from(commit), [`trees/${commit}.json`]: json({ format_version: 1, files: trees }) },
    ],
    read: async (folder) => {
      const { openSnapshot } = await built("datasets/hub.js");
      const repository = join(folder, "hub/datasets--a--b");
      for (const name of ["listings", "trees"].map((one) => `${one}/${commit}.json`).concat("main")) {
        const target = join(repository, name === "main" ? "refs/main" : name);
        const content = readOptional(join(folder, name));
        if (content === undefined) continue;
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, content);
      }
      const settings = { cacheDir: join(folder, "hub"), endpoint, offline: true };
      const snapshot = await openSnapshot({ kind: "dataset", id: "a/b" }, settings);
      for (const path of await snapshot.files()) {
        if (path.startsWith("/") || path.split("/").includes("..")) throw new Error(`${path} leads out of the folder`);
      }
    },
  },
  "pages of a Hub": {
    bases: () => links.map((link) => ({ ...pages, link: Buffer.from(link) })),
    change: (files, random) => {
      const name = pick(["link", "link", "page", "next", "info"], random);
      const change = name === "link" ? (bytes) => Buffer.from(changeText(bytes.toString(), random)) : changeTextFile;
      return { ...files, [name]: change(files[name], random) };
    },
    read: readPages,
  },
  "a Hub's wait": {
    bases: () =>
      [
        { ratelimit: '"api";r=0;t=55, "pages";r=3;t=9' },
        { "retry-after": "120" },
        { "retry-after": "Fri, 02 Jan 2026 10:02:00 GMT", date: "Fri, 02 Jan 2026 10:00:00 GMT" },
      ].map((headers) => ({ headers: json(headers) })),
    change: ({ headers }, random) => {
      const values = Object.entries(JSON.parse(headers)).map(([name, value]) => [name, changeText(value, random)]);
      return { headers: json(Object.fromEntries(values)) };
    },
    read: async (folder) => {
      const { askedPause } = await built("datasets/retry-after.js");
      const headers = headersOf(JSON.parse(readFileSync(join(folder, "headers"), "utf8")));
      const asked = askedPause({ status: 429, headers }, Date.now());
      if (asked !== undefined && !(asked > 0)) throw new Error(`a wait of ${asked} ms`);
    },
  },
};

function readOptional(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}
