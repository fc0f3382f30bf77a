import { describe, expect, it } from "vitest";
import { fingerprintOf, inOrder, isTemporary, judge, kindOf, type ListedFolder, sight, stepOf } from "./listing.ts";

const folder = (name: string, paths: readonly string[], changed = 1): ListedFolder => ({
  name,
  files: paths.map((path) => ({ path, size: 10, changed })),
});
const whole = folder("checkpoint-500", ["config.json", "model.safetensors"]);

describe("isTemporary", () => {
  it.each(["tmp-checkpoint-500", "checkpoint-500.tmp", "500.orbax-checkpoint-tmp-17", ".cache", "step-3.partial"])(
    "%s is what a trainer renames later",
    (name) => expect(isTemporary(name)).toBe(true),
  );
  it.each(["checkpoint-500", "template-3", "epoch-3", "temp-0.05", "attempt_2"])("%s is not", (name) =>
    expect(isTemporary(name)).toBe(false),
  );
});

describe("stepOf", () => {
  it.each([
    ["checkpoint-500", 500],
    ["step_1000", 1000],
    ["epoch=3-step=1200", 1200],
    ["epoch-0.5", 0.5],
    ["final", null],
  ])("of %s is %s", (name, step) => expect(stepOf(name)).toBe(step));
});

describe("inOrder", () => {
  it("is by number, not by letters; those without one last, by time, then by name", () => {
    const names = ["final", "checkpoint-1000", "best", "checkpoint-500", "checkpoint-90"];
    const folders = names.map((name) => folder(name, ["a"], name === "best" ? 9 : 5));
    const expected = ["checkpoint-90", "checkpoint-500", "checkpoint-1000", "final", "best"];
    expect(inOrder(folders).map(({ name }) => name)).toEqual(expected);
    expect(inOrder([...folders].reverse()).map(({ name }) => name)).toEqual(expected);
  });
});

describe("kindOf", () => {
  it.each<[string, readonly string[], string]>([
    ["checkpoint-500", ["config.json", "model.safetensors"], "model"],
    ["my-model", ["modules.json", "0_StaticEmbedding/model.safetensors"], "model"],
    ["exported", ["config.json", "onnx/model.onnx"], "model"],
    ["checkpoint-500", ["config.json", "pytorch_model.bin"], "model"],
    ["checkpoint-500", ["config.json", "pytorch_model-00001-of-00002.bin"], "unfinished"],
    ["checkpoint-500", ["config.json"], "unfinished"],
    ["checkpoint-500", ["optimizer.pt"], "unfinished"],
    ["step_10", ["model.safetensors"], "unfinished"],
    ["checkpoint-500", ["adapter_config.json", "adapter_model.safetensors"], "unfinished"],
    ["checkpoint-500", [], "other"],
    ["runs", ["events.out.tfevents.1"], "other"],
    ["tmp-checkpoint-500", ["config.json", "model.safetensors"], "other"],
  ])("%s with %j is %s", (name, paths, kind) => expect(kindOf(folder(name, paths)).kind).toBe(kind));

  it("says what is missing", () => {
    const reason = (paths: readonly string[]) => kindOf(folder("checkpoint-500", paths));
    expect(reason(["config.json", "optimizer.pt"])).toEqual({
      kind: "unfinished",
      reason: "it has no weights yet (safetensors, pytorch_model.bin, or onnx/model.onnx)",
    });
    expect(reason(["optimizer.pt"])).toEqual({
      kind: "unfinished",
      reason: "it has neither modules.json nor config.json yet",
    });
    expect(reason(["adapter_config.json"])).toEqual({
      kind: "unfinished",
      reason: "it holds an adapter without its model; merge the two and save that",
    });
  });
});

describe("fingerprintOf", () => {
  it("changes with a name, a size and a time, and with nothing else", () => {
    const [first] = whole.files;
    const others = [
      { ...first, path: "config2.json" },
      { ...first, size: 11 },
      { ...first, changed: 2 },
    ].map((file) => fingerprintOf({ ...whole, files: [file, ...whole.files.slice(1)] }));
    expect(new Set([fingerprintOf(whole), ...others]).size).toBe(4);
    expect(fingerprintOf({ ...whole, name: "other" })).toBe(fingerprintOf(whole));
  });
});

describe("judge", () => {
  const sighting = sight(whole, undefined, 100);
  it("waits until nothing has changed for the settle time", () => {
    const at = (now: number) => judge({ folder: whole, sighting, now, settle: 5 });
    expect(at(104.9)).toEqual({ state: "waiting", reason: "its files have rested for less than 5 s" });
    expect(at(105)).toEqual({ state: "complete" });
  });

  it("counts anew when a file grows", () => {
    const grown = { ...whole, files: whole.files.map((file) => ({ ...file, size: file.size + 1 })) };
    const again = sight(grown, sighting, 104);
    expect(again.since).toBe(104);
    expect(sight(grown, again, 110)).toBe(again);
    expect(judge({ folder: grown, sighting: again, now: 106, settle: 5 }).state).toBe("waiting");
  });

  it("does not believe in a rest where a file is not whole, and ignores what is no checkpoint", () => {
    const fault = "its tensors end at byte 4";
    expect(judge({ folder: whole, sighting, now: 200, settle: 5, fault })).toEqual({ state: "waiting", reason: fault });
    const logs = folder("logs", ["events"]);
    expect(judge({ folder: logs, sighting, now: 200, settle: 5 })).toEqual({ state: "ignored" });
  });
});
