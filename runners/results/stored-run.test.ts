import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { revisionOf } from "../../models/revision.ts";
import { result } from "../../reports/testing/results.ts";
import { toResultFile } from "./result-file.ts";
import type { SubsetSamples } from "./sample-table.ts";
import { writeSamples } from "./samples-file.ts";
import { findRun } from "./stored-run.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "stored-run-"));
});

/** Stores a score of a task. */
function put(path: string, score = 0.5, date = 1): void {
  const [model = "", revision = "", task = ""] = path.split("/");
  const folder = join(root, model, revision);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${task}.json`), JSON.stringify(toResultFile({ ...result(task, score), date })));
}

const find = (name: string, folders = [root], reading = {}) => findRun(name, folders, 0, reading);
const forms = "expected a folder ORG__MODEL/REVISION, a folder with the results of one model, MODEL, or MODEL@REVISION";

/** Reads the facts about a run that the tests compare. */
async function found(...given: Parameters<typeof find>): Promise<unknown[]> {
  const { model, revision, results } = await find(...given);
  return [
    model,
    revision,
    results.map((one) => [one.result.task, one.revision, one.result.splits["test"]?.[0]?.mainScore]),
  ];
}

describe("findRun", () => {
  it("takes a revision's folder, a model's with one revision, or one of results with one model", async () => {
    put("a__x/r1/STS12");
    put("a__x/r1/STS13", 0.25);
    const run = [
      "a/x",
      "r1",
      [
        ["STS12", "r1", 0.5],
        ["STS13", "r1", 0.25],
      ],
    ];
    expect(await found(join(root, "a__x", "r1"), [])).toEqual(run);
    expect(await found(join(root, "a__x"), [])).toEqual(run);
    expect(await found(root, [])).toEqual(run);
  });

  it("takes the model's name from its description, else from the folder's", async () => {
    put("a__x/r1/STS12");
    writeFileSync(join(root, "a__x", "r1", "model_meta.json"), JSON.stringify({ name: "a/x[int8]" }));
    expect((await find(join(root, "a__x", "r1"))).model).toBe("a/x[int8]");
    expect((await find("a/x[int8]")).model).toBe("a/x[int8]");
  });

  it("joins a model's revisions by mteb's rule, the main one first, and takes one that is named alone", async () => {
    put("a__x/r1/STS12", 0.1, 5);
    put("a__x/r2/STS12", 0.2, 9);
    put("a__x/r1/STS13", 0.3);
    put("a__x/r1/STS14", 0.3);
    const rest = [
      ["STS13", "r1", 0.3],
      ["STS14", "r1", 0.3],
    ];
    expect(await found("a/x")).toEqual(["a/x", "r1", [["STS12", "r2", 0.2], ...rest].sort()]);
    const mainRevisions = new Map([["a/x", "r1"]]);
    expect(await found("a/x", [root], { mainRevisions })).toEqual(["a/x", "r1", [["STS12", "r1", 0.1], ...rest]]);
    expect(await found("a/x@r2")).toEqual(["a/x", "r2", [["STS12", "r2", 0.2]]]);
  });

  it("takes the beginning of a revision where one has it, and a name that has an @ itself", async () => {
    put("a__x/abcd1/STS12", 0.1);
    put("a__x/abce2/STS12", 0.2);
    put("a__x/abc/STS12", 0.3);
    put("a__x@256d/abcd1/STS12", 0.4);
    expect((await find("a/x@abcd")).revision).toBe("abcd1");
    expect((await find("a/x@abc")).revision).toBe("abc");
    expect((await find("a/x@256d")).model).toBe("a/x@256d");
    expect((await find("a/x@256d@ab")).model).toBe("a/x@256d");
    await expect(find("a/x@ab")).rejects.toThrow(
      new InputError('results: "a/x@ab" is short for several revisions: a/x at abc, abcd1, abce2; give more of it'),
    );
  });

  it("looks into several folders, and at one revision that lies in both", async () => {
    put("a__x/r1/STS12", 0.1);
    const first = root;
    root = mkdtempSync(join(tmpdir(), "stored-run-"));
    put("a__x/r1/STS13", 0.2);
    expect(await found("a/x@r1", [first, root])).toEqual([
      "a/x",
      "r1",
      [
        ["STS12", "r1", 0.1],
        ["STS13", "r1", 0.2],
      ],
    ]);
  });

  it("does not join the states of a folder's model", async () => {
    put("local__m/r1/STS12");
    put("local__m/r2/STS12");
    await expect(find("local/m")).rejects.toThrow(
      new InputError(
        "results: local/m is stored in several states, which are not joined: local/m at r1, r2; choose one as local/m@REVISION",
      ),
    );
    expect((await find("local/m@r2")).revision).toBe("r2");
  });

  it("goes by the name where a folder of that name holds no results, such as the model itself", async () => {
    put("a__x/r1/STS12");
    const folder = join(root, "..", `checkpoint-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "config.json"), "{}");
    await expect(find(folder)).rejects.toThrow(/^results: ".*checkpoint-\d+" names no stored run; /);
  });

  it("reads what is stored beside a result, and lists files that it cannot use", async () => {
    put("a__x/r1/STS12");
    writeFileSync(join(root, "a__x", "r1", "STS13.json"), "{}");
    const samples: SubsetSamples[] = [
      { split: "test", subset: "default", samples: { kind: "mean", values: Float64Array.of(0.5, 1) } },
    ];
    await writeSamples(join(root, "a__x", "r1"), { task: "STS12", datasetRevision: "0123" }, samples);
    const run = await find("a/x", [root]);
    expect(await run.samplesOf("STS12")).toEqual(samples);
    expect(await run.samplesOf("STS13")).toBeUndefined();
    expect(run.skipped?.map(({ file }) => file)).toEqual([join(root, "a__x", "r1", "STS13.json")]);
  });

  it("says what there is where nothing has the name", async () => {
    put("a__small/r1/STS12");
    put("a__small/r2/STS12");
    put("b__large/r3/STS12");
    const there = `${root} has a/small at r1, r2; b/large at r3; ${forms}`;
    await expect(find("a/smal")).rejects.toThrow(
      new InputError(`results: "a/smal" names no stored run (did you mean "a/small"?); ${there}`),
    );
    await expect(find("a/small@r3")).rejects.toThrow(
      `"a/small@r3" names no stored run (did you mean "a/small@r1"?); ${there}`,
    );
    await expect(find("")).rejects.toThrow(`results: "" names no stored run; ${there}`);
  });

  it("says what there is where a folder holds more than one, or nothing", async () => {
    put("a__x/r1/STS12");
    put("a__x/r2/STS12");
    await expect(find(root)).rejects.toThrow(
      new InputError(
        `results: ${root} holds the results of 2 revisions: a/x at r1, r2; name one of their folders, ORG__MODEL/REVISION ` +
          "in it, or give the folder as --results and MODEL@REVISION as the run",
      ),
    );
    const empty = mkdtempSync(join(tmpdir(), "stored-run-"));
    await expect(find(empty, [empty])).rejects.toThrow(
      `results: "${empty}" names no stored run; ${empty} holds none; ${forms}`,
    );
    await expect(find("a/x", [join(empty, "none")])).rejects.toThrow(
      /^"a\/x" is no folder with results, and among stored runs: results: there is no folder .*none; expected one with ORG__MODEL/,
    );
  });

  it("lists the first twenty of many models", async () => {
    for (let i = 10; i < 35; i++) put(`a__m${i}/r/STS12`);
    await expect(find("none")).rejects.toThrow(/a\/m29 at r; and 5 more models; expected/);
  });
});

describe("findRun by what `run --model` is given", () => {
  const hub = hubSettings({ HF_HUB_OFFLINE: "1" });
  const ofModel = (name: string) => find(name, [root], { hub });

  it("finds the results of bm25", async () => {
    put("pramana__bm25/0_3_0/STS12");
    expect((await ofModel("bm25")).model).toBe("pramana/bm25");
  });

  it("finds the results of the files that a folder holds now, and refuses those of others", async () => {
    const folder = join(root, "models", "embed");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "config.json"), "{}");
    const revision = await revisionOf(await openSnapshot({ kind: "model", id: folder }, hub));
    put(`local__embed/${revision}/STS12`, 0.25);
    put("local__embed/0123456789/STS12");
    expect((await ofModel(folder)).revision).toBe(revision);
    writeFileSync(join(folder, "config.json"), "[]");
    await expect(ofModel(folder)).rejects.toThrow(
      /^results: the model in .*embed, as it is now, is local\/embed at \w{7}, which has no results; there are those of 0123456, \w{7}; /,
    );
  });

  it("tells what there is where a folder's model was never run", async () => {
    put("a__x/r1/STS12");
    await expect(ofModel(mkdtempSync(join(tmpdir(), "model-")))).rejects.toThrow(
      /names no stored run; .* has a\/x at r1/,
    );
  });
});
