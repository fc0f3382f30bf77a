import { appendFile, readFile, stat } from "node:fs/promises";
import { isRecord } from "../datasets/document.ts";
import { InputError, messageOf, UsageError } from "../datasets/errors.ts";
import { proxiedFetch } from "../datasets/proxy.ts";
import { plainText, shown } from "../datasets/shown.ts";
import type { Gated } from "../reports/comparison/gated.ts";
import {
  annotation,
  annotationsOf,
  commentLimit,
  cutMarkdown,
  markerOf,
  outputsOf,
  summaryLimit,
} from "../reports/comparison/github.ts";
import { comparisonMarkdown, severalMarkdown } from "../reports/comparison/markdown.ts";
import { type CommentPlace, putComment } from "../runners/outbound/github-comment.ts";
import { ServiceError } from "../runners/outbound/service.ts";
import type { Terminal } from "./terminal.ts";
import { requireWritableFile, writeMade } from "./write-file.ts";

/** Choice of what a comparison tells GitHub. */
export interface GithubChoice {
  /** Write the job's summary, its outputs and annotations. */
  readonly github?: boolean;
  /** Write one comment on the pull request, and anew each time; a text is a file that it goes to instead. */
  readonly githubComment?: string | true;
}

type Environment = Terminal["env"];

/** Returns a variable that a job of GitHub Actions has. @throws UsageError where it is not set */
function needed(env: Environment, flag: string, name: string, way: string): string {
  const value = env[name];
  if (value) return value;
  throw new UsageError(`${flag}: ${name} is not set; ${way}`);
}

const inActions = "it is set in a job of GitHub Actions";
const withToken = "a step gets it by `env: { GITHUB_TOKEN: $" + "{{ github.token }} }`";

/** Checks, before anything is compared, that what is asked for can be done. @throws UsageError where it cannot */
export async function requireGithub({ github, githubComment }: GithubChoice, { env }: Terminal): Promise<void> {
  if (github) needed(env, "--github", "GITHUB_STEP_SUMMARY", inActions);
  if (typeof githubComment === "string") await requireWritableFile("compare", githubComment);
  if (githubComment !== true) return;
  needed(env, "--github-comment", "GITHUB_TOKEN", withToken);
  needed(env, "--github-comment", "GITHUB_REPOSITORY", inActions);
  if (URL.canParse(apiOf(env))) return;
  throw new UsageError(`--github-comment: GITHUB_API_URL is "${shown(apiOf(env))}"; expected an address`);
}

/** Returns the address of GitHub's interface, without a slash at its end. */
const apiOf = (env: Environment): string => (env["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, "");

/** Reads what set off the job; nothing where there is no file of it. @throws InputError where it cannot be read */
async function readEvent(file: string | undefined): Promise<unknown> {
  if (!file) return undefined;
  try {
    return JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new InputError(`GITHUB_EVENT_PATH: ${file} cannot be read: ${messageOf(error)}`);
  }
}

/** Returns the number of the pull request that the job runs for; undefined where it runs for something else. */
async function pullRequestOf(env: Environment): Promise<number | undefined> {
  const event = await readEvent(env["GITHUB_EVENT_PATH"]);
  const { pull_request: pull, issue } = isRecord(event) ? event : {};
  const commented = isRecord(issue) && "pull_request" in issue ? issue : undefined;
  const number = isRecord(pull) ? pull["number"] : commented?.["number"];
  if (typeof number === "number") return number;
  const [, ref] = /^refs\/pull\/(\d+)\//.exec(env["GITHUB_REF"] ?? "") ?? [];
  return ref === undefined ? undefined : Number(ref);
}

/** Returns the line below a comment that leads to the run it is of; nothing outside of a job. */
function runLink(env: Environment): string {
  const [server, repository, run] = [env["GITHUB_SERVER_URL"], env["GITHUB_REPOSITORY"], env["GITHUB_RUN_ID"]];
  return server && repository && run ? `\n[The job](${server}/${repository}/actions/runs/${run})\n` : "";
}

/** Writes the body of the comment: its marker, then the report, within GitHub's limit. */
function commentOf(report: string, marker: string, env: Environment): string {
  const [head, end] = [`${marker}\n`, runLink(env)];
  return `${head}${cutMarkdown(report, commentLimit - head.length - end.length)}${end}`;
}

/** Posts the comment; what keeps it from being posted is told, and does not change the verdict. */
async function post(body: string, marker: string, { env, err, signal }: Terminal): Promise<void> {
  const warn = (text: string): void => err(`${annotation("warning", "No comment", text)}\n`);
  const token = env["GITHUB_TOKEN"] ?? "";
  const api = apiOf(env);
  const service = {
    name: `github ${new URL(api).origin}`,
    headers: {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
    },
    secrets: [token],
    fetch: proxiedFetch(env),
    signal,
  };
  try {
    const number = await pullRequestOf(env);
    if (number === undefined) return warn("this job runs for no pull request");
    const place: CommentPlace = { api, repository: env["GITHUB_REPOSITORY"] ?? "", number };
    const done = await putComment(service, place, marker, body);
    err(`${done} a comment on pull request ${number}\n`);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InputError)) throw error;
    const isRefused = error instanceof ServiceError && (error.status === 403 || error.status === 404);
    const way = isRefused
      ? "; the job needs `permissions: { pull-requests: write }`, which pull requests from forks never get"
      : "";
    warn(plainText(messageOf(error)) + way);
  }
}

/** Adds to a file that the job has, such as its summary. */
async function addTo(file: string, text: string): Promise<void> {
  await appendFile(file, text).catch((error: unknown) => {
    throw new InputError(`--github: ${file} cannot be written: ${messageOf(error)}`);
  });
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

/**
 * Tells GitHub what comparisons with one base say, as far as that was asked for.
 * @param names Those of the runs, as the user gave them: they tell the comments of several gates apart.
 */
export async function tellGithub(
  gated: readonly Gated[],
  { github, githubComment }: GithubChoice,
  names: readonly string[],
  terminal: Terminal,
): Promise<void> {
  const { env, err } = terminal;
  const [{ comparison, gate }] = gated;
  const report = gated.length === 1 ? comparisonMarkdown(comparison, gate) : severalMarkdown(gated);
  if (github) {
    const [summary, outputs] = [env["GITHUB_STEP_SUMMARY"] ?? "", env["GITHUB_OUTPUT"]];
    const before = (await stat(summary).catch(() => undefined))?.size ?? 0;
    await addTo(summary, `${cutMarkdown(report, summaryLimit - before - 1, bytesOf)}\n`);
    const lines = Object.entries(outputsOf(gated)).map(([name, value]) => `${name}=${value}\n`);
    if (outputs) await addTo(outputs, lines.join(""));
    for (const line of annotationsOf(gated)) err(`${line}\n`);
  }
  if (githubComment === undefined) return;
  const marker = markerOf(env["GITHUB_WORKFLOW"] ?? "", env["GITHUB_JOB"] ?? "", ...names);
  const body = commentOf(report, marker, env);
  if (githubComment === true) await post(body, marker, terminal);
  else await writeMade("compare", githubComment, body);
}
