import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { ChangedTasks } from "../reports/examination/tasks.ts";
import type { ExaminationReport } from "../reports/examination/text.ts";
import type { InsideTask, PageData } from "../reports/page/shape.ts";
import { openCli, sample } from "./built-cli.ts";

const { pramana, cwd } = openCli();
const tasks = ["MiniSTS", "MiniClassification", "MiniRetrieval"];
const variant = `${sample}@16d`;

const samples = (...args: string[]): ReturnType<typeof pramana> => pramana(["samples", ...args]);
async function report(...args: string[]): Promise<ExaminationReport> {
  const { out, err, code } = await samples(...args, "--format", "json");
  expect([code, err]).toEqual([0, expect.any(String)]);
  return JSON.parse(out);
}

beforeAll(async () => {
  const run = (...more: string[]) => pramana(["run", "--model", sample, "--tasks", tasks.join(","), ...more]);
  expect((await run("--save-predictions", "rankings")).code).toBe(0);
  expect((await run("--dimensions", "16", "--save-predictions", "rankings-16")).code).toBe(0);
}, 60_000);

describe("pramana samples", () => {
  it("shows what got worse between two runs, and what may explain it", async () => {
    const found = await report(sample, variant, "--task", "MiniSTS", "--top", "3");
    expect(found.counts.worse).toBeGreaterThan(found.counts.better / 2);
    expect(found.shown).toHaveLength(3);
    for (const { texts, base, candidate } of found.shown) {
      expect(Object.keys(texts)).toEqual(["first", "second"]);
      expect(candidate?.value).toBeLessThan(base.value);
    }
    expect(found.causes[0]?.what).toBe("the candidate is the variant 16d of its model, the base is not");
    expect(found.runs.base.score).toBeGreaterThan(found.runs.candidate?.score ?? 1);
  });

  it("without a task, or with several, says in which the units changed most", async () => {
    const { out, code } = await samples(sample, variant, "--format", "json");
    const { tasks: changed, without, next } = JSON.parse(out) as ChangedTasks;
    expect([code, without, next]).toEqual([0, [], `pramana samples ${sample} ${variant}`]);
    expect(changed.map(({ task }) => task).sort()).toEqual([...tasks].sort());
    const losses = changed.map(({ change }) => change);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    const [one] = changed.filter(({ task }) => task === "MiniSTS");
    const alone = await report(sample, variant, "--task", "MiniSTS");
    expect([one?.counts, one?.change]).toEqual([alone.counts, alone.mean]);
    const two = await samples(sample, variant, "--task", "MiniSTS,MiniRetrieval");
    expect(two.out).toMatch(/^Task +Score +Change +Worse +Better +Units\nMini/);
    expect(two.out).not.toContain("MiniClassification");
    const refused = await samples(sample, variant, "--by", "better");
    expect([refused.code, refused.err]).toEqual([
      2,
      expect.stringContaining("--by: it is of one task, and 3 are looked at"),
    ]);
  });

  it("names labels, and in a pipe writes text", async () => {
    const { out, code } = await samples(sample, "--task", "MiniClassification", "--top", "2");
    expect(code).toBe(0);
    expect(out).toMatch(/^MiniClassification, accuracy, \d+ units; the value of a unit: share of the experiments/);
    expect(out).toContain("What fares worst:");
    expect(out).toMatch(/ {3}right: \d [a-z]/);
  });

  it("shows ranks and neighbours of queries from kept rankings", async () => {
    const found = await report(
      sample,
      variant,
      "--task",
      "MiniRetrieval",
      "--by",
      "moved",
      "--predictions",
      "rankings",
      "rankings-16",
    );
    const { base, candidate } = found.shown[0] ?? expect.unreachable();
    for (const made of [base, candidate]) {
      expect(made?.ranked?.relevant[0]?.isRelevant).toBe(true);
      expect(made?.ranked?.first.map(({ rank }) => rank)).toEqual([1, 2, 3]);
      expect(made?.ranked?.first[0]?.text.length).toBeGreaterThan(0);
    }
  });

  it("refuses what it cannot answer, and says the way out", async () => {
    const texts: [args: string[], code: number, said: RegExp][] = [
      [
        [sample, "--task", "MiniPairClassification"],
        2,
        /has no result of MiniPairClassification; pramana run --tasks MiniPairClassification/,
      ],
      [[sample, "--task", "MiniSTSS"], 2, /MiniSTSS/],
      [
        [sample],
        2,
        /^pramana: --task: of one run a single task is looked at; name one of MiniClassification, MiniRetrieval, MiniSTS$/m,
      ],
      [[sample, "--task", "MiniSTS", "--by", "flipped"], 2, /--by: flipped is of two runs/],
      [["nobody/here", "--task", "MiniSTS"], 2, /nobody\/here/],
      [[sample, "--task", "MiniSTS", "--predictions", "a", "b"], 2, /--predictions: 2 were given for 1 run/],
      [[sample, "--task", "MiniSTS", "--predictions", "a"], 2, /a\/MiniSTS_predictions.json/],
    ];
    for (const [args, code, said] of texts) {
      const ended = await samples(...args);
      expect([args, ended.code, ended.err]).toEqual([args, code, expect.stringMatching(said)]);
    }
  });

  it("refuses a run without samples, and one of other data", async () => {
    expect(
      (await pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--no-samples", "--results", "bare"])).code,
    ).toBe(0);
    const bare = await samples(sample, "--results", "bare", "--task", "MiniSTS");
    expect([bare.code, bare.err]).toEqual([1, expect.stringMatching(/no samples of the base; run it again/)]);
  });

  it("looks into the folder by which a run is named, and never for a folder's name on the Hub", async () => {
    const folder = fileURLToPath(new URL("../models/sample", import.meta.url));
    const run = (...more: string[]) =>
      pramana(["run", "--model", folder, "--tasks", "MiniSTS", "--results", "own", ...more]);
    expect((await run()).code).toBe(0);
    expect((await run("--name", "acme/embed", "--revision", "step-1500")).code).toBe(0);
    const unnamed = await samples(folder, "--results", "own", "--task", "MiniSTS");
    expect([unnamed.code, unnamed.err]).toEqual([0, expect.not.stringContaining("files")]);
    const named = await samples("acme/embed", "--results", "own", "--task", "MiniSTS");
    expect(named.err).toMatch(/acme\/embed: its files are not looked at, for its name does not say where they lie/);
    expect(named.out).toContain("acme/embed at step-1500\n");
  });

  it("goes on where a model's files cannot be seen", async () => {
    const { out, err, code } = await samples(sample, "--task", "MiniSTS", "--base-model", "nobody/here", "--top", "1");
    expect([code, err]).toEqual([0, expect.stringMatching(/what nobody\/here makes of the texts is not told/)]);
    expect(out).toContain("What fares worst:");
  });
});

describe("pramana report --samples", () => {
  /** Makes a page; returns what was said, and the units of its tasks by name. */
  async function page(...args: string[]) {
    const { err, code } = await pramana(["report", "--output", "page.html", ...args]);
    const html = readFileSync(join(cwd, "page.html"), "utf8");
    const elements = [...html.matchAll(/<script type="application\/json" id="([^"]+)">(.*?)<\/script>/gs)];
    const [[, , main = ""] = [], ...others] = elements;
    const data: PageData = JSON.parse(main);
    const inside = new Map(
      others.map(([, , text = ""]) => {
        const task: InsideTask = JSON.parse(text);
        return [data.tasks[task.task]?.name, task];
      }),
    );
    return { err, code, data, inside };
  }

  it("writes the units behind every score, and what changed against the first row", async () => {
    const { err, code, data, inside } = await page("--samples", "--top", "4");
    expect([code, err]).toEqual([0, expect.stringMatching(/page\.html: 2 models, units of 3 tasks, \d+ kB/)]);
    expect([...inside.keys()].sort()).toEqual([...tasks].sort());
    expect(data.cells).toHaveLength(9);
    const sts = inside.get("MiniSTS") ?? expect.unreachable();
    const pair = sts.cells.find(({ against }) => against !== undefined) ?? expect.unreachable();
    const told = await report(sample, variant, "--task", "MiniSTS", "--top", "4");
    const shown = pair.shown.worse?.map((move) => sts.units[pair.moves[move]?.unit ?? -1]) ?? [];
    expect(shown.map((unit) => [unit?.name, unit?.texts["first"]?.text])).toEqual(
      told.shown.map(({ name, texts }) => [name, texts["first"]]),
    );
    expect(pair.causes).toEqual(told.causes.map(({ what }) => what));
    expect([pair.score, pair.before]).toEqual(
      [told.runs.candidate, told.runs.base].map((run) => Number(((run?.score ?? 0) * 100).toFixed(4))),
    );
  });

  it("holds the runs against the one that is named, with ranks from rankings that say whose they are", async () => {
    const { code, data, inside } = await page("--samples", variant, "--predictions", "rankings-16");
    expect(code).toBe(0);
    const name = (place = -1) => data.models[place]?.name;
    expect(new Set(data.cells.map(({ against }) => name(against)))).toEqual(new Set([undefined, variant]));
    const { cells, documents } = inside.get("MiniRetrieval") ?? expect.unreachable();
    const pair = cells.find(({ against }) => against !== undefined) ?? expect.unreachable();
    expect(pair.moves[0]?.made).not.toHaveProperty("first");
    const [first] = pair.moves[0]?.before?.first ?? [];
    expect(documents[first?.[0] ?? -1]?.text.text.length).toBeGreaterThan(0);
  });

  it("refuses a run that has no samples, options without units, and units without a page", async () => {
    const texts: [args: string[], said: RegExp][] = [
      [
        ["--samples", "pramana/statik-minilm-128", "--output", "x.html"],
        /names no row .*did you mean "pramana\/static-minilm-128"/,
      ],
      [["--top", "3", "--output", "x.html"], /--top: it stands beside --samples/],
      [["--predictions", "rankings", "--output", "x.html"], /--predictions: it stands beside --samples/],
      [["--samples", "--charts", "charts"], /--samples: .* name its file with --output/],
      [["--samples", "--results", "bare", "--output", "x.html"], /no result of the page has samples beside it/],
    ];
    for (const [args, said] of texts) {
      const { err, code } = await pramana(["report", ...args]);
      expect([args, code, err]).toEqual([args, 2, expect.stringMatching(said)]);
    }
  });
});
