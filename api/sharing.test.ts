import { describe, expect, it } from "vitest";
import { FailedTasksError, type ModelEvaluation } from "./evaluation.ts";
import { type SharedOptions, sharing } from "./sharing.ts";
import { nameOf } from "./tasks.ts";

const empty: ModelEvaluation = {
  model: "m",
  revision: "r",
  scores: {},
  meanTask: 0,
  meanType: 0,
  byType: {},
  results: [],
  notes: [],
};

/** Returns evaluations that take a while, and a list that tells when each began and ended. */
function counted(fails: (task: string, run: number) => boolean = () => false) {
  const log: string[] = [];
  let run = 0;
  const evaluate = async ({ model, tasks = [], benchmark }: SharedOptions): Promise<ModelEvaluation> => {
    const names = benchmark === undefined ? tasks.map(nameOf) : [benchmark];
    const what = `${model}: ${names.join(",")}`;
    const own = run++;
    log.push(`begin ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
    log.push(`end ${what}`);
    const failed = names.filter((name) => fails(name, own));
    const finished = names.filter((name) => !failed.includes(name));
    const evaluation = { ...empty, scores: Object.fromEntries(finished.map((name) => [name, own])) };
    if (failed.length === 0) return evaluation;
    throw new FailedTasksError(Object.fromEntries(failed.map((name) => [name, "broken"])), evaluation);
  };
  return { log, evaluate: sharing(evaluate) };
}

const begun = (log: readonly string[]): string[] => log.filter((line) => line.startsWith("begin"));

describe("shared evaluations", () => {
  it("run a task of a model once, however often and from wherever it is asked for", async () => {
    const { log, evaluate } = counted();
    await Promise.all([
      evaluate({ model: "a", tasks: ["X"] }),
      evaluate({ tasks: ["X"], model: "a" }),
      evaluate({ model: "a", tasks: ["X", "Y"] }),
    ]);
    await evaluate({ model: "a", tasks: ["Y", "X"] });
    expect(begun(log)).toEqual(["begin a: X", "begin a: Y"]);
  });

  it("run tasks that are asked for together in one go, and two runs never at once", async () => {
    const { log, evaluate } = counted();
    const [[x, y]] = await Promise.all([
      evaluate({ model: "a", tasks: ["X", "Y"] }),
      evaluate({ model: "b", tasks: ["X"] }),
      evaluate({ model: "a", benchmark: "B" }),
    ]);
    expect(x).toBe(y);
    expect(log).toEqual(["begin a: X,Y", "end a: X,Y", "begin b: X", "end b: X", "begin a: B", "end a: B"]);
  });

  it("are apart for another form of the model, and for another task of the same name", async () => {
    const { log, evaluate } = counted();
    await evaluate({ model: "a", tasks: ["X"] });
    await evaluate({ model: "a", tasks: ["X"], precision: "int8" });
    const own = { name: "X", type: "STS", dataset: { path: "./x" }, languages: { default: ["eng-Latn"] } } as const;
    await evaluate({ model: "a", tasks: [own] });
    await evaluate({ model: "a", tasks: [{ ...own, dataset: { path: "./y" } }] });
    expect(begun(log)).toHaveLength(4);
  });

  it("keep what did not fail, and try again what did", async () => {
    const { log, evaluate } = counted((task, run) => task === "Y" && run === 0);
    await expect(evaluate({ model: "a", tasks: ["X", "Y"] })).rejects.toThrow("tasks: 1 of 1 failed: Y: broken");
    const [x, y] = await evaluate({ model: "a", tasks: ["X", "Y"] });
    expect([x?.scores, y?.scores]).toEqual([{ X: 0 }, { Y: 1 }]);
    expect(begun(log)).toEqual(["begin a: X,Y", "begin a: Y"]);
  });
});
