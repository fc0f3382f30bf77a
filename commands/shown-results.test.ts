import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { UsageError } from "../datasets/errors.ts";
import { type LeaderboardChoice, leaderboard } from "./leaderboard.ts";
import { shownTasks } from "./shown-results.ts";
import { writeResult } from "./testing/result-file.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-shown-"));
afterAll(() => rmSync(folder, { recursive: true }));
const [ferryMail, ferryDesk] = ["ferry-mail", "ferry-desk"].map((name) =>
  fileURLToPath(new URL(`../docs/examples/${name}.json`, import.meta.url)),
);

/** Returns the texts that the leaderboard of a folder prints. */
async function board(
  results: string,
  taskFile?: readonly string[],
  verbose = false,
  choice: Partial<LeaderboardChoice> = {},
): Promise<{ out: string; err: string }> {
  const shown = { out: "", err: "" };
  const world = { env: {}, readInput: async () => "", now: () => 1, signal: new AbortController().signal };
  await leaderboard(
    { results: [results], format: "md", verbose, ...(taskFile ? { taskFile } : {}), ...choice },
    {
      ...world,
      out: (text) => {
        shown.out += text;
      },
      err: (text) => {
        shown.err += text;
      },
    },
  );
  return shown;
}

/** Makes a folder with a result of the example's task. */
function resultsOfFerryMail(): string {
  writeResult(join(folder, "results"), "FerryMail", 0.8667);
  return join(folder, "results");
}

describe("a table of stored results", () => {
  it("shows tasks of one's own when their file is named, and names the option when it is not", async () => {
    const results = resultsOfFerryMail();
    expect((await board(results)).out).toBe(
      "No results.\n\n- 1 task of the results not known and left out (--task-file adds your own): FerryMail\n\n- acme/own at abc left out: it has none of the tasks\n",
    );
    const { out, err } = await board(results, [ferryMail]);
    expect(out).toMatch(/^\| +1 \| acme\/own +\| abc +\| +86\.67 \|/m);
    expect(err).toBe("");
  });

  it("counts a task by the part that its results have, and says so", async () => {
    writeResult(join(folder, "part"), "STS17", 0.5, "en-en");
    const { out, err } = await board(join(folder, "part"));
    expect(out).toMatch(/^\| +1 \| acme\/own +\| abc +\| +50\.00 \|/m);
    expect(err).toBe("counted by the part that was measured, 1 task (--benchmark says what counts): STS17 (en-en)\n");
  });

  it("counts a task that is chosen by that part, too", async () => {
    writeResult(join(folder, "chosen"), "STS17", 0.5, "en-en");
    writeResult(join(folder, "chosen"), "STS12", 0.25);
    const { out } = await board(join(folder, "chosen"), undefined, false, { tasks: ["sts17"] });
    expect(out).toMatch(/^\| +1 \| acme\/own +\| abc +\| +50\.00 \| +50\.00 \| +50\.00 \|/m);
    expect(out).toContain("- over the one task that some row has a result of");
    const whole = await board(join(folder, "chosen"), undefined, false, {
      tasks: ["STS17"],
      benchmark: "MTEB(eng, v1)",
    });
    expect(whole.out).toMatch(/\n- over 1 of the \d+ tasks of MTEB\(eng, v1\)\n/);
  });

  it("says that a benchmark has tasks of one's own beside its own", async () => {
    const choice = { benchmark: "pramana-mini" };
    const { out } = await board(resultsOfFerryMail(), [ferryMail], false, choice);
    expect(out).toContain("- over all 8 tasks of pramana-mini with the task files\n");
    await expect(board(resultsOfFerryMail(), [ferryMail], false, { ...choice, tasks: ["FerryMall"] })).rejects.toThrow(
      new UsageError('--tasks: pramana-mini with the task files has no task "FerryMall" (did you mean "FerryMail"?)'),
    );
  });

  it("sorts by a column, and refuses one that is not there", async () => {
    const results = resultsOfFerryMail();
    expect((await board(results, [ferryMail], false, { sort: "FerryMail" })).out).toContain("acme/own");
    await expect(board(results, [ferryMail], false, { sort: "FerryMall" })).rejects.toThrow(
      /^--sort: the table has no column "FerryMall" \(did you mean "FerryMail"\?\); its columns are rank, model/,
    );
  });

  it("names files that cannot be used by their reasons, one line each, and all of them where it is asked to", async () => {
    const revision = writeResult(join(folder, "damaged"), "FerryMail", 0.5);
    for (const name of ["A", "B"]) writeFileSync(join(revision, `${name}.json`), "[]");
    writeFileSync(join(revision, "C.json"), "{}");
    const lines = async (verbose: boolean): Promise<string[]> =>
      (await board(join(folder, "damaged"), [ferryMail], verbose)).err.trimEnd().split("\n");
    const list =
      "result: not a result file: top level: expected object, received array; delete the file or run the task again";
    const [first, second, third] = ["A", "B", "C"].map((name) => `skipped ${join(revision, name)}.json: `);
    expect(await lines(false)).toEqual([
      `skipped 2 files, such as ${join(revision, "A.json")}: ${list} (--verbose names them)`,
      expect.stringContaining(third ?? ""),
    ]);
    expect(await lines(true)).toEqual([`${first}${list}`, `${second}${list}`, expect.stringContaining(third ?? "")]);
  });

  it("adds them to the tasks of a benchmark", async () => {
    const { required } = await shownTasks({ benchmark: "pramana-mini", taskFile: [ferryMail] });
    expect(required?.map(({ name }) => name)).toEqual([
      ...["MiniSTS", "MiniClassification", "MiniClustering", "MiniPairClassification", "MiniRetrieval"],
      ...["MiniReranking", "MiniSummarization", "FerryMail"],
    ]);
  });

  it("shows a benchmark of one's own by its list alone", async () => {
    const { required } = await shownTasks({ benchmark: "ferry desk", taskFile: [ferryMail, ferryDesk] });
    expect(required?.map(({ name }) => name)).toEqual(["MiniRetrieval", "FerryMail", "MiniSTS"]);
    await expect(shownTasks({ benchmark: "ferry dock", taskFile: [ferryMail, ferryDesk] })).rejects.toThrow(
      new UsageError(
        'benchmark "ferry dock" is unknown (did you mean "ferry desk"?); `pramana benchmarks` lists all 62, ' +
          "and the task files hold ferry desk",
      ),
    );
  });

  it("says where nothing was found, and which folder is not there, as wrong usage", async () => {
    const empty = mkdtempSync(join(folder, "empty-"));
    expect((await board(empty)).err).toBe(`no results in ${empty}; \`pramana run\` stores some\n`);
    await expect(board(join(folder, "none"))).rejects.toThrow(
      new UsageError(
        `results: there is no folder ${join(folder, "none")}; expected one with ORG__MODEL/REVISION/TASK.json, as \`pramana run\` stores them`,
      ),
    );
  });
});
