import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { Unreachable } from "../../datasets/requests.ts";
import { type PullSettings, pullResults } from "./official-results.ts";

const sha1 = (text: string): string =>
  createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");

/** Files by path, as the repository has them. */
const files: Record<string, string> = {
  "results/acme__small/r1/STS12.json": '{"task_name": "STS12", "é": NaN}',
  "results/acme__small/r1/Unknown.json": "{}",
  "results/acme__small/r1/model_meta.json": '{"name": "acme/small"}',
  "results/acme__small/r1/experiments/x/STS12.json": "{}",
  "results/acme__small/external/STS13.json": '{"task_name": "STS13"}',
  "results/acme__small/external/STS14.json": "version https://git-lfs.github.com/spec/v1\n",
  "results/acme__large/r1/STS12.json": "{}",
};
const commit = "c".repeat(40);

/** Addresses of the requests, and answers in place of the true ones. */
let asked: string[];
let broken: Record<
  string,
  (times: number) => { status: number; body?: string; headers?: Record<string, string> } | undefined
>;
let server: Server;
let root: string;
let origin: string;

function answerOf(path: string): string | undefined {
  const tree = (entries: object[]) => JSON.stringify({ tree: entries, truncated: false });
  const models = [...new Set(Object.keys(files).map((file) => file.split("/")[1]))];
  if (path === "/repos/o/results/commits/main")
    return JSON.stringify({ sha: commit, commit: { tree: { sha: "top" } } });
  if (path === "/repos/o/results/git/trees/top") {
    return tree([
      { path: "README.md", type: "blob", sha: "x", size: 5 },
      { path: "results", type: "tree", sha: "all" },
    ]);
  }
  if (path === "/repos/o/results/git/trees/all")
    return tree(models.map((model) => ({ path: model, type: "tree", sha: model })));
  const model = /^\/repos\/o\/results\/git\/trees\/(\w+)\?recursive=1$/.exec(path)?.[1];
  if (model) {
    const own = Object.entries(files).filter(([file]) => file.startsWith(`results/${model}/`));
    const evil = { path: "../../evil.json", type: "blob", sha: "x", size: 1 };
    return tree([
      { path: "r1", type: "tree", sha: "r" },
      evil,
      ...own.map(([file, text]) => ({
        ...{
          path: file.slice(`results/${model}/`.length),
          type: "blob",
          sha: sha1(text),
          size: Buffer.byteLength(text),
        },
      })),
    ]);
  }
  return files[decodeURIComponent(path.replace(`/o/results/${commit}/`, ""))];
}

beforeEach(async () => {
  asked = [];
  broken = {};
  root = mkdtempSync(join(tmpdir(), "pramana-pull-"));
  server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const instead = broken[path]?.(asked.filter((one) => one === path).length);
    const body = instead ? (instead.body ?? "") : answerOf(path);
    response.writeHead(instead?.status ?? (body === undefined ? 404 : 200), instead?.headers).end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  rmSync(root, { recursive: true });
  await new Promise((resolve) => server.close(resolve));
});

const known = new Set(["STS12", "STS13", "STS14"]);
const pull = (models: readonly string[], settings: Partial<PullSettings> = {}) =>
  pullResults(
    { models, resultsDir: root, known },
    {
      offline: false,
      signal: new AbortController().signal,
      wait: async () => {},
      repository: { api: origin, files: origin, name: "o/results", branch: "main" },
      ...settings,
    },
  );
const written = (): string[] =>
  readdirSync(root, { recursive: true })
    .map(String)
    .filter((path) => path.includes("."))
    .sort();

describe("pullResults", () => {
  it("fetches the files of known tasks byte by byte, in mteb's layout, and nothing else", async () => {
    const seen: [string, number, number][] = [];
    const pulled = await pull(["acme/small"], { onProgress: (...progress) => seen.push(progress) });
    expect(pulled).toEqual({
      commit,
      written: 3,
      unchanged: 0,
      skipped: [
        {
          file: join(root, "acme__small/external/STS14.json"),
          reason: expect.stringMatching(/^the official file cannot be used: result: damaged JSON at line 1, column 1/),
        },
      ],
    });
    expect(written()).toEqual([
      "acme__small/external/STS13.json",
      "acme__small/r1/STS12.json",
      "acme__small/r1/model_meta.json",
    ]);
    expect(readFileSync(join(root, "acme__small/r1/STS12.json"), "utf8")).toBe(
      files["results/acme__small/r1/STS12.json"],
    );
    expect(existsSync(join(root, "..", "evil.json"))).toBe(false);
    expect(seen.map(([, , total]) => total)).toEqual(Array(4).fill(seen.at(-1)?.[1]));
    // Three to list, one for the model, one for each file.
    expect(asked).toHaveLength(8);
  });

  it("asks again only for what is not there, and replaces what has changed", async () => {
    await pull(["acme/small", "acme/large"]);
    writeFileSync(join(root, "acme__large/r1/STS12.json"), '{"old": 1}');
    asked = [];
    expect(await pull(["acme/small", "acme/large"])).toMatchObject({ written: 1, unchanged: 3 });
    expect(readFileSync(join(root, "acme__large/r1/STS12.json"), "utf8")).toBe("{}");
    expect(asked.filter((path) => path.startsWith("/o/"))).toHaveLength(2);
  });

  it("never replaces a result of one's own run", async () => {
    mkdirSync(join(root, "acme__large/r1"), { recursive: true });
    const own = '{"task_name": "STS12", "pramana_run": {}}';
    writeFileSync(join(root, "acme__large/r1/STS12.json"), own);
    const { written: count, skipped } = await pull(["acme/large"]);
    expect([count, skipped]).toEqual([
      0,
      [
        {
          file: join(root, "acme__large/r1/STS12.json"),
          reason: "it is a result of a run of your own; --results names another folder",
        },
      ],
    ]);
    expect(readFileSync(join(root, "acme__large/r1/STS12.json"), "utf8")).toBe(own);
  });

  it("names the nearest model where one is not there, and fetches none", async () => {
    await expect(pull(["acme/large", "acme/smal"])).rejects.toThrow(InputError);
    await expect(pull(["acme/large", "acme/smal"])).rejects.not.toThrow(Unreachable);
    await expect(pull(["acme/large", "acme/smal"])).rejects.toThrow(
      'baselines: o/results has no results of "acme/smal" (did you mean "acme/small"?); it has 2 models, named ORGANISATION/NAME',
    );
    expect(written()).toEqual([]);
  });

  it("makes no request offline", async () => {
    await expect(pull(["acme/small"], { offline: true })).rejects.toThrow(
      "baselines: HF_HUB_OFFLINE is set, and official results lie at o/results; unset it to fetch them",
    );
    expect(asked).toEqual([]);
  });

  it("tries again after failures that pass", async () => {
    const path = "/repos/o/results/git/trees/all";
    broken[path] = (times) => (times < 4 ? { status: 503 } : undefined);
    expect(await pull(["acme/large"])).toMatchObject({ written: 1 });
    expect(asked.filter((one) => one === path)).toHaveLength(4);
  });

  it.each([
    [
      { status: 403, headers: { "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1800000000" } },
      "allows no more requests from this address for now; try again after 2027-01-15T08:00:00.000Z",
    ],
    [{ status: 404 }, "answered 404 for /repos/o/results/git/trees/all; try again later"],
    [{ status: 500 }, "answered 500 for /repos/o/results/git/trees/all; try again later"],
    [{ status: 200, body: "<html>" }, "answered something that is no JSON; try again later"],
    [{ status: 200, body: '{"tree": [{"path": 1}]}' }, "gave no whole list of files of o/results; try again later"],
    [
      { status: 200, body: '{"tree": [], "truncated": true}' },
      "gave no whole list of files of o/results; try again later",
    ],
  ])("says what %j means", async (answer, message) => {
    broken["/repos/o/results/git/trees/all"] = () => answer;
    await expect(pull(["acme/large"])).rejects.toThrow(Unreachable);
    await expect(pull(["acme/large"])).rejects.toThrow(message);
  });

  it("leaves out a file that arrives damaged", async () => {
    broken[`/o/results/${commit}/results/acme__large/r1/STS12.json`] = () => ({ status: 200, body: '{"half": ' });
    const { skipped } = await pull(["acme/large"]);
    expect(skipped.map(({ reason }) => reason)).toEqual(["it arrived damaged; pull again"]);
    expect(written()).toEqual([]);
  });

  it("says who could not be reached", async () => {
    const nowhere = { api: "http://127.0.0.1:1", files: origin, name: "o/results", branch: "main" };
    await expect(pull(["acme/large"], { repository: nowhere })).rejects.toThrow(
      /^baselines: 127\.0\.0\.1:1 could not be reached \(.*\); check the network$/,
    );
  });

  it("stops when it is told to, with the reason it is given, and keeps what is whole", async () => {
    const controller = new AbortController();
    class Stopped extends Error {}
    broken[`/o/results/${commit}/results/acme__small/external/STS13.json`] = () => {
      controller.abort(new Stopped());
      return undefined;
    };
    await expect(pull(["acme/small"], { signal: controller.signal })).rejects.toThrow(Stopped);
    for (const path of written()) {
      expect(readFileSync(join(root, path), "utf8")).toBe(files[`results/${path}`]);
    }
  });
});
