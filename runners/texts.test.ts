import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import type { Encoder, Role } from "../models/encoder.ts";
import { encoderInfo } from "../models/testing/encoder-info.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { benchmarkTasks } from "../tasks/benchmarks.ts";
import { getTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { runTasks } from "./run.ts";
import { type NeededText, neededTexts } from "./texts.ts";

const hub = hubSettings({ HF_HUB_OFFLINE: "1" });
const signal = new AbortController().signal;

async function needed(tasks: readonly TaskSpec[], stop = signal): Promise<NeededText[]> {
  const found: NeededText[] = [];
  for await (const one of neededTexts(tasks, hub, plainKernels, stop)) found.push(one);
  return found;
}

const keyOf = (text: string, role: Role | undefined): string => JSON.stringify([role ?? null, text]);

/** Collects the texts that a run of the tasks hands to a model whose vectors are all different. */
async function handedOver(tasks: readonly TaskSpec[]): Promise<Set<string>> {
  const seen = new Set<string>();
  const encoder: Encoder = {
    kind: "vectors",
    info: encoderInfo({ id: "test/seen", dims: 4, parameters: 0 }),
    encode: async (texts, { role } = {}) => {
      for (const text of texts) seen.add(keyOf(text, role));
      const numbers = texts.flatMap((text) => [0, 1, 2, 3].map((i) => ((text.charCodeAt(i) * (i + 7)) % 31) + 1 || 1));
      return { data: Float32Array.from(numbers), rows: texts.length, dims: 4 };
    },
    close: async () => {},
  };
  const results = await runTasks(
    { model: encoder, name: "test/seen", tasks, backend: "official", kernels: plainKernels },
    {
      hub,
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      emit: () => {},
      now: () => 0,
      signal,
    },
  );
  expect(results).toHaveLength(tasks.length);
  return seen;
}

describe("the texts that tasks need", () => {
  it("of pairs of columns: those of each column that is used, each once", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-texts-"));
    const rows = [
      { a: "one", b: "eins", c: "un" },
      { a: "one", b: "zwei", c: "deux" },
    ];
    writeFileSync(join(folder, "test.jsonl"), rows.map((row) => JSON.stringify(row)).join("\n"));
    const task: TaskSpec = {
      name: "Columns",
      type: "BitextMining",
      dataset: { path: folder, revision: "local", subsetPairs: true },
      splits: ["test"],
      languages: { "a-b": ["eng-Latn"], "b-a": ["eng-Latn"] },
      mainScore: "f1",
      settings: { columns: ["sentence1", "sentence2"] },
      licence: "apache-2.0",
      reference: "https://example.org",
    };
    const found = await needed([task]);
    expect(found.map(({ text }) => text)).toEqual(["one", "eins", "zwei"]);
    expect(new Set(found.map(({ text, role }) => keyOf(text, role)))).toEqual(await handedOver([task]));
  });

  it.each(benchmarkTasks("pramana-mini").map((task) => [task.name, task] as const))(
    "%s: those that a run hands to the model, each once",
    async (_, task) => {
      const found = (await needed([task])).map(({ text, role }) => keyOf(text, role));
      expect(new Set(found).size).toBe(found.length);
      expect(new Set(found)).toEqual(await handedOver([task]));
    },
  );

  it("come once where tasks share them, with their role", async () => {
    const [one, two] = [getTask("MiniRetrieval"), getTask("MiniReranking")];
    const [first, both] = [await needed([one]), await needed([one, two, one])];
    expect(both.slice(0, first.length)).toEqual(first);
    expect(both).toHaveLength(first.length + (await needed([two])).length);
    expect(new Set(both.map(({ role }) => role))).toEqual(new Set(["query", "document"]));
  });

  it("stop coming when told to", async () => {
    const stopped = needed([getTask("MiniSTS")], AbortSignal.abort(new Error("enough")));
    await expect(stopped).rejects.toThrow("enough");
  });
});
