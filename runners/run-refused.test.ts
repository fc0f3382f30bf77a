import { expect, it } from "vitest";
import { hubSettings } from "../datasets/hub.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { tableEncoder } from "../models/testing/table-encoder.ts";
import { getTask } from "../tasks/index.ts";
import type { RunEvent } from "./events.ts";
import { runTasks } from "./run.ts";

it("a task that is refused fails with the reason, before its data are opened, and the others run", async () => {
  const events: RunEvent[] = [];
  const encoder = tableEncoder({});
  const results = await runTasks(
    {
      ...{ model: encoder, name: "m", tasks: [getTask("STS12"), getTask("MiniSTS")], backend: "official" },
      kernels: plainKernels,
      refused: new Map([["STS12", "other hardware; go on there"]]),
    },
    {
      hub: hubSettings({ HF_HUB_CACHE: "/nowhere", HF_HUB_OFFLINE: "1" }),
      environment: { pramana: "1", node: "20", onnxruntime: "1", platform: "p", cpu: "c" },
      emit: (event) => void events.push(event),
      now: () => 0,
      signal: new AbortController().signal,
    },
  );
  expect(results).toEqual([]);
  const messages = events.flatMap((event) => (event.kind === "task-failed" ? [event.message] : []));
  expect(messages[0]).toBe("other hardware; go on there");
  expect(events.filter(({ kind }) => kind === "loading")).toEqual([{ kind: "loading", task: "MiniSTS" }]);
});
