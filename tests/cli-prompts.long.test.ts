import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const tasks = "MiniReranking,MiniSTS,MiniPairClassification";
const form = ["--format", "json"];

interface Row {
  readonly prompt: string;
  readonly sameAs: string | null;
  readonly row: string;
  readonly score: number;
  readonly change: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Told {
  readonly tasks: readonly {
    readonly task: string;
    readonly models: readonly {
      readonly prompts: readonly Row[];
      readonly different: number;
      readonly median: { readonly score: number };
      readonly best: { readonly prompt: string };
    }[];
    readonly orders: readonly { readonly verdict: string; readonly choices: readonly { readonly choice: string }[] }[];
  }[];
}

const trying = (...more: string[]): string[] => ["prompts", "try", "--model", sample, "--tasks", tasks, ...more];

describe("pramana prompts try", () => {
  it("gives each prompt on each type of task the score of a run with it, and none the model's own where that is none", async () => {
    const { code, out } = await pramana(trying("--prompt", "find this: ", "--prompt", "q\\n", ...form));
    expect(code).toBe(0);
    const told: Told = JSON.parse(out);
    expect(told.tasks.map(({ task }) => task)).toEqual([...tasks.split(","), "Mean of 3 tasks"]);

    await writeFile(join(cwd, "mine.json"), JSON.stringify({ query: "find this: ", document: "" }));
    await writeFile(
      join(cwd, "all.json"),
      JSON.stringify(Object.fromEntries(tasks.split(",").map((name) => [name, "find this: "]))),
    );
    const run = async (file: string, names: string) => {
      const { out: table } = await pramana([
        "run",
        "--model",
        sample,
        "--tasks",
        names,
        "--prompts",
        file,
        "--results",
        `${file}-runs`,
        ...form,
      ]);
      return table;
    };
    const ranking = await run("mine.json", "MiniReranking");
    const others = await run("all.json", tasks.split(",").slice(1).join(","));
    for (const { task, models } of told.tasks.slice(0, 3)) {
      const rows = new Map(models[0].prompts.map((row) => [row.prompt, row]));
      expect(rows.get("none")?.sameAs).toBe("published");
      const own = rows.get("find-this") as Row;
      expect(own.row).toBe(`${sample}[prompts=find-this]`);
      const [measured] = [ranking, others].flatMap((text) => scoresIn(text, task));
      expect(own.score, task).toBe(measured);
    }
  });

  it("tells a change with the interval of pramana compare, and keeps the samples that it is made of", async () => {
    const { out } = await pramana([...trying("--prompt", "find this: ", "--prompt", "q\\n"), ...form]);
    const { tasks: told } = JSON.parse(out) as Told;
    const named = [
      "compare",
      sample,
      `${sample}[prompts=q]`,
      "--results",
      "prompt-tries",
      "--allow",
      "prompts",
      ...form,
    ];
    const { out: compared } = await pramana(named);
    for (const one of JSON.parse(compared).tasks) {
      const row = told.find(({ task }) => task === one.task)?.models[0].prompts.find(({ prompt }) => prompt === "q");
      expect([row?.change, row?.low, row?.high], one.task).toEqual([one.difference, ...(one.interval ?? [null, null])]);
    }
  });

  it("goes on from what is stored, and runs a prompt anew whose text is another", async () => {
    const few = ["prompts", "try", "--model", sample, "--tasks", "MiniRetrieval", "--results", "few"];
    await writeFile(join(cwd, "one.json"), JSON.stringify({ mine: "find this: " }));
    await pramana([...few, "--prompts", "one.json"]);
    const { err: again } = await pramana([...few, "--prompts", "one.json", "--prompt", "q: "]);
    expect(again).not.toContain("MiniRetrieval, mine");
    expect(again).toContain("[3/4] MiniRetrieval, q");
    await writeFile(join(cwd, "one.json"), JSON.stringify({ mine: "look for: " }));
    const { err: other, out } = await pramana([...few, "--prompts", "one.json", "--format", "csv"]);
    expect(other).toContain('the prompt of query was "find this: " and is "look for: "');
    expect(out.split("\r\n")[0]).toBe("task,model,revision,prompt,text,sameAs,row,score,change,low,high,p,verdict");
    const folder = readdirSync(join(cwd, "few")).find((name) => name.includes("mine")) as string;
    const [revision] = readdirSync(join(cwd, "few", folder));
    const file = JSON.parse(readFileSync(join(cwd, "few", folder, revision, "MiniRetrieval.json"), "utf8"));
    expect(JSON.stringify(file)).toContain("look for: ");
  });

  it("tells whether the order of two models hangs on the prompt", async () => {
    const two = ["--model", sample, "--model", fixture, "--tasks", "MiniRetrieval", "--results", "two"];
    const { code, out } = await pramana(["prompts", "try", ...two, "--prompt", "find this: ", ...form]);
    expect(code).toBe(0);
    const [order] = (JSON.parse(out) as Told).tasks[0].orders;
    expect(order.choices.map(({ choice }) => choice)).toEqual(["published", "none", "find-this", "median", "best"]);
    const { out: text } = await pramana(["prompts", "try", ...two, "--prompt", "find this: "]);
    expect(text).toMatch(/The order (does not hang|hangs|may hang) on the prompt/);
  });

  it.each([
    [[], "none was given to try"],
    [["--prompt", ""], "a prompt is empty"],
    [["--prompt", "a", "--prompt", "a"], '"a" is given twice'],
    [["--prompt", "a {task} b"], "holds {task}; expected no words in braces but {instruction} and {text}"],
    [["--prompt", "a\\q"], "holds \\q; expected \\n, \\t, or \\\\ for a backslash"],
    [["--instruction", "Find it"], "takes no instructions that are known here"],
    [["--prompts", "missing.json"], "--prompts: there is no file missing.json in "],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await pramana([...trying(), ...args]);
    expect(code).not.toBe(0);
    expect(err).toContain(message);
  });

  it("refuses a model that has no prompts by its name", async () => {
    const { code, err } = await pramana([
      "prompts",
      "try",
      "--model",
      "bm25",
      "--tasks",
      "MiniRetrieval",
      "--prompt",
      "a",
    ]);
    expect(code).toBe(2);
    expect(err).toContain("bm25 ranks documents by their words");
  });
});

/** Returns the score of a task in the JSON of a run. */
function scoresIn(text: string, task: string): number[] {
  const { models } = JSON.parse(text) as { models: { tasks: { task: string; score: number }[] }[] };
  return models[0].tasks.filter((one) => one.task === task).map(({ score }) => score);
}
