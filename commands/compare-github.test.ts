import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { comparison, gateOf } from "../reports/comparison/testing/comparison.ts";
import { listen } from "../runners/outbound/testing/listening.ts";
import { type GithubChoice, requireGithub, tellGithub } from "./compare-github.ts";
import { terminalOf } from "./testing/watched.ts";

const folder = mkdtempSync(join(tmpdir(), "github-"));
const token = "ghs_0123456789secret";
const gate = gateOf(comparison, "any < -1 and significant");

/** The environment of a job on pull request 7, with files of its own. */
function jobOf(name: string, api = "http://127.0.0.1:9") {
  const [summary, outputs, event] = ["summary", "output", "event.json"].map((file) => join(folder, `${name}-${file}`));
  writeFileSync(summary, "before\n");
  writeFileSync(outputs, "");
  writeFileSync(event, JSON.stringify({ pull_request: { number: 7 } }));
  return {
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_OUTPUT: outputs,
    GITHUB_EVENT_PATH: event,
    GITHUB_TOKEN: token,
    GITHUB_REPOSITORY: "o/r",
    GITHUB_API_URL: api,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_RUN_ID: "12",
  };
}

async function tell(choice: GithubChoice, env: Readonly<Record<string, string>>) {
  const { terminal, err } = terminalOf();
  const inJob = { ...terminal, env };
  await requireGithub(choice, inJob);
  await tellGithub([{ comparison, gate }], choice, ["runs/base", "runs/candidate"], inJob);
  expect(err()).not.toContain(token);
  return err();
}

describe("--github", () => {
  it("adds to the summary and the outputs, and annotates", async () => {
    const job = jobOf("all");
    expect(await tell({ github: true }, job)).toMatch(
      /^::error title=Tripped%3A any < -1 .*\n::warning .*\n::notice .*\n$/,
    );
    expect(readFileSync(job.GITHUB_STEP_SUMMARY, "utf8")).toMatch(/^before\n\*\*Unknown\*\*: [\s\S]*\n\n$/);
    expect(readFileSync(job.GITHUB_OUTPUT, "utf8")).toBe("passed=false\nverdict=unknown\ndifference=+0.25\n");
  });

  it("refuses, before anything is compared, what is no job", async () => {
    await expect(tell({ github: true }, {})).rejects.toThrow(
      new UsageError("--github: GITHUB_STEP_SUMMARY is not set; it is set in a job of GitHub Actions"),
    );
    await expect(tell({ githubComment: true }, {})).rejects.toThrow(
      /^--github-comment: GITHUB_TOKEN is not set; a step gets it by `env: { GITHUB_TOKEN: \${{ github.token }} }`$/,
    );
    await expect(tell({ githubComment: true }, jobOf("api", "api.example"))).rejects.toThrow(
      new UsageError('--github-comment: GITHUB_API_URL is "api.example"; expected an address'),
    );
    await expect(tell({ githubComment: join(folder, "none/c.md") }, {})).rejects.toThrow(UsageError);
  });
});

describe("--github-comment", () => {
  it("posts the report with its marker first and the job last, and updates it the next time", async () => {
    const comments: { id: number; body: string; user: object }[] = [];
    const server = await listen(({ method, path, body }) => {
      if (path === "/user") return { status: 403, body: { message: `no ${token}` } };
      const { body: text = "" } = (body ?? {}) as { body?: string };
      if (method === "POST") comments.push({ id: 5, body: text, user: { type: "Bot" } });
      return { body: method === "GET" ? comments : {} };
    });
    const job = jobOf("comment", server.url);
    expect(await tell({ githubComment: true }, job)).toBe("posted a comment on pull request 7\n");
    expect(comments[0]?.body).toMatch(
      /^<!-- pramana compare [0-9a-f]{12} -->\n\*\*Unknown\*\*[\s\S]*\n\[The job\]\(https:\/\/github.example\/o\/r\/actions\/runs\/12\)\n$/,
    );
    expect(await tell({ githubComment: true }, job)).toBe("updated a comment on pull request 7\n");
    expect(server.heard.at(-1)).toMatchObject({ method: "PATCH", path: "/repos/o/r/issues/comments/5" });
    expect(server.heard.map(({ headers }) => headers.authorization)).toEqual(server.heard.map(() => `Bearer ${token}`));
  });

  it("goes into a file for another job to post", async () => {
    const file = join(folder, "comment.md");
    expect(await tell({ githubComment: file }, {})).toBe("");
    expect(readFileSync(file, "utf8")).toMatch(/^<!-- pramana compare [0-9a-f]{12} -->\n\*\*Unknown\*\*/);
  });

  it("warns where it may not be posted, and where there is no pull request", async () => {
    const server = await listen(() => ({ status: 403, body: { message: "Resource not accessible by integration" } }));
    expect(await tell({ githubComment: true }, jobOf("fork", server.url))).toMatch(
      /^::warning title=No comment::github http:.*: it answered 403 \(Resource not accessible by integration\); the job needs `permissions: /,
    );
    const { GITHUB_EVENT_PATH: event, ...rest } = jobOf("push");
    expect(await tell({ githubComment: true }, { ...rest, GITHUB_EVENT_PATH: join(folder, "gone") })).toMatch(
      /^::warning title=No comment::GITHUB_EVENT_PATH: .*gone cannot be read: ENOENT/,
    );
    writeFileSync(event, "{}");
    expect(
      await tell({ githubComment: true }, { ...rest, GITHUB_EVENT_PATH: event, GITHUB_REF: "refs/heads/main" }),
    ).toBe("::warning title=No comment::this job runs for no pull request\n");
    const ofRef = await tell(
      { githubComment: true },
      { ...rest, GITHUB_API_URL: server.url, GITHUB_REF: "refs/pull/9/merge" },
    );
    expect(ofRef).toContain("it answered 403");
    expect(server.heard.at(-1)?.path).toContain("/repos/o/r/issues/9/comments");
  });
});
