import { expect, it } from "vitest";
import type { QueueStatus } from "../runners/queue/status.ts";
import { queueText } from "./queue-status.ts";

const queue: QueueStatus = {
  pramana: "0.1.0",
  hardware: "cpu-linux",
  store: "abc",
  list: "key",
  units: { done: 2, running: 1, waiting: 1, failed: 1 },
  secondsLeft: 90,
  workers: [
    { worker: "gone:3", isConnected: false, unit: "STS17 test/en-en", seconds: 40 },
    { worker: "one:1", isConnected: true, unit: null, seconds: null },
  ],
  tasks: [{ model: "org/model", task: "STS17", units: { done: 2, running: 1, waiting: 1, failed: 1 } }],
  failures: [{ model: "org/model", unit: "STS17 test/ar-ar", worker: "one:1", reason: "no\u001b[2J room" }],
};

it("a queue is shown by task, worker and failure, and moves no terminal's cursor", () => {
  const text = queueText([queue], undefined);
  expect(text).toContain(
    "cpu-linux, pramana 0.1.0, store abc: 2 of 5 units done, 1 failed; 1 worker; about 1 min 30 s left\n",
  );
  expect(text).toMatch(/\| org\/model \| STS17 \| +2 \| +1 \| +1 \| +1 \|/);
  expect(text).toContain("gone:3, which is not connected: STS17 test/en-en, for 40 s\none:1: waits\n");
  expect(text).toContain("org/model: STS17 test/ar-ar failed on one:1: no [2J room\n");
  expect(queueText([queue], 60)).toContain("STS17");
  expect(queueText([], undefined)).toBe("nothing was ever queued here\n");
});
