import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evaluate, openModel } from "../api/index.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { findBest } from "../runners/model/device.ts";
import { fixture, openCli } from "./built-cli.ts";

const { cwd, pramana } = openCli();
const run = ["run", "--model", fixture, "--tasks", "MiniSTS", "--results", "results"];

const { found } = await findBest(thisMachine(process.env));

/** What `--device auto` says where no GPU is ready for it. */
const takesProcessor = /device: auto takes cpu; cuda [^\n]*, webgpu [^\n]*/;

describe.skipIf(found.device !== "cpu")("--device auto, where nothing but the processor works", () => {
  it("ends there, says why in one line, and leaves results that name the processor", async () => {
    const { code, err } = await pramana([...run, "--device", "auto"]);
    expect(code).toBe(0);
    expect(err.match(/device: auto/g)).toHaveLength(1);
    expect(err).toMatch(takesProcessor);
    const file = /results in (\S+)/.exec(err)?.[1] ?? "";
    const result = JSON.parse(readFileSync(join(cwd, file, "MiniSTS.json"), "utf8"));
    expect(result.pramana_run.device).toBe("cpu");
    expect(file).not.toContain("auto");
  });

  it("goes on with what was stored on the device by its name", async () => {
    const { err } = await pramana([...run, "--device", "cpu"]);
    expect(err).toContain("1 of 1 task stored already");
    expect(err).not.toContain("auto");
  });

  it.each([
    ["embed", ["--input", "texts.json"]],
    ["score", ["--input", "pairs.json"]],
    ["bench", ["--lengths", "8", "--batch-sizes", "1", "--repeats", "1", "--budget", "0.05", "--format", "json"]],
    ["watch", ["--once", "--tasks", "MiniSTS"]],
  ])("%s", async (command, args) => {
    writeFileSync(join(cwd, "texts.json"), '["a river"]');
    writeFileSync(join(cwd, "pairs.json"), '[["a river", "a stream"]]');
    mkdirSync(join(cwd, "watched"), { recursive: true });
    const named = command === "watch" ? ["watched"] : ["--model", fixture];
    const { code, out, err } = await pramana([command, ...named, ...args, "--device", "auto"]);
    expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(takesProcessor) });
    if (command === "bench") expect(JSON.parse(out).device).toBe("cpu");
  });

  it("programs: the device that was taken is the model's, and the line is among the notes", async () => {
    const model = await openModel({ model: fixture, device: "auto" });
    await model.close();
    expect(model.info.device).toBe("cpu");
    expect(model.notes).toEqual([expect.stringMatching(takesProcessor)]);
    const { results, notes } = await evaluate({ model: fixture, tasks: ["MiniSTS"], device: "auto", cache: false });
    expect(results[0]?.run?.device).toBe("cpu");
    expect(notes).toContainEqual(expect.stringMatching(takesProcessor));
  });
});
