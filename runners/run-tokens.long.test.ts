import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Kernels } from "../models/kernels.ts";
import { openLateInteraction } from "../models/kinds.ts";
import type { LateInteraction } from "../models/late-interaction.ts";
import { openKernels } from "../models/runtime/ort-kernels.ts";
import { openFolder } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { getTask } from "../tasks/index.ts";
import { parityTasks } from "../tasks/testing/parity-tasks.ts";
import { requireAnyTask } from "./able.ts";
import type { RunEvent } from "./events.ts";
import { runTasks } from "./run.ts";
import { expectGolden } from "./testing/goldens.ts";

const shared = sharedFolder();
const kinds = join(shared ?? "", "model-kinds");

async function run(model: LateInteraction, names: readonly string[], kernels: Kernels = plainKernels) {
  const events: RunEvent[] = [];
  const tasks = names.map((name) => getTask(name, parityTasks));
  const results = await runTasks(
    { model, name: model.info.id, tasks, backend: "official", kernels },
    {
      hub: hubSettings({ HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(shared ?? "nowhere", "hub") }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      store: async () => undefined,
      emit: (event) => events.push(event),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  const failed = events.flatMap((event) => (event.kind === "task-failed" ? [event.message] : []));
  return { results, failed };
}

/** A model whose tokens are the letters of a text: a vector each, with 1 in the letter's own place. */
const letters: LateInteraction = {
  kind: "late-interaction",
  info: {
    ...{ id: "own/letters", revision: "1", maxTokens: 8, parameters: 0, precision: "fp32", device: "cpu", threads: 1 },
    ...{ dims: 128, prompts: {}, defaultPromptName: null, similarity: "maxsim" },
  },
  encode: async (texts) => {
    const starts = Int32Array.from([0, ...texts].keys());
    texts.forEach((text, i) => {
      starts[i + 1] = starts[i] + text.length;
    });
    const rows = starts[texts.length];
    const data = new Float32Array(rows * 128);
    [...texts.join("")].forEach((letter, row) => {
      data[row * 128 + (letter.charCodeAt(0) % 128)] = 1;
    });
    return { vectors: { data, rows, dims: 128 }, starts };
  },
  close: async () => {},
};

describe("a model of late interaction", () => {
  it("ranks a corpus and candidates", async () => {
    const { results, failed } = await run(letters, ["MiniReranking", "MiniRetrieval"]);
    expect(failed).toEqual([]);
    for (const result of results) expect(result.splits["test"]?.[0]?.mainScore).toBeGreaterThan(0);
  });

  it("is refused for tasks that need one vector of a text", () => {
    expect(() => requireAnyTask(letters, [getTask("STS12")])).toThrow(
      "own/letters makes a vector of each token and none of a text; it can do tasks of the types Retrieval, Reranking,",
    );
  });

  it("with a vector that is not finite fails the task, which names the text", async () => {
    const broken: LateInteraction = {
      ...letters,
      encode: async (texts) => {
        const made = await letters.encode(texts);
        made.vectors.data[made.starts[texts.length - 1] * 128] = Number.NaN;
        return made;
      },
    };
    const { failed } = await run(broken, ["MiniRetrieval"]);
    expect(failed[0]).toMatch(
      /^task MiniRetrieval: the model's vector of a token of ".+" holds NaN; vectors must be finite/,
    );
  });
});

describe.skipIf(shared === undefined)("scores are mteb's", () => {
  let model: LateInteraction;
  let kernels: Kernels & { close(): Promise<void> };
  beforeAll(async () => {
    kernels = await openKernels({ threads: 2 });
    const snapshot = await openFolder(join(kinds, "models/mv-modernbert-pylate"));
    model = await openLateInteraction(snapshot, { device: "cpu", threads: 1 });
  });
  afterAll(() => Promise.all([model.close(), kernels.close()]));

  it.each(["TrecQARetrieval", "TrecQAReranking"])("of %s", { timeout: 240_000 }, async (name) => {
    const { results, failed } = await run(model, [name], kernels);
    expect(failed).toEqual([]);
    expectGolden(results[0].splits["test"][0].scores, join(kinds, "goldens/mv", `${name}.json`));
  });
});
