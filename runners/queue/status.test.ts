import { expect, it } from "vitest";
import { statusOf, type UnitState } from "./status.ts";
import { queued } from "./testing/units.ts";
import { idOf, type QueuedUnit } from "./unit.ts";

const state = (unit: QueuedUnit, rest: Omit<UnitState, "id" | "data">): UnitState => ({
  id: idOf(unit),
  data: unit,
  ...rest,
});
const subset = (name: string): QueuedUnit => queued({ places: [{ split: "test", subset: name }] });

it("a queue is summed up by task, worker and failure; what is no unit is left out", () => {
  const units = [
    state(subset("a"), { state: "done", worker: "one:1", started: 900, ended: 920 }),
    state(subset("b"), { state: "done", worker: "one:1", started: 920, ended: 960 }),
    state(subset("c"), { state: "running", worker: "gone:3", started: 960 }),
    state(subset("d"), { state: "failed", worker: "one:1", reason: "no room" }),
    state(queued({ task: "Other" }), { state: "waiting" }),
    { id: "x", data: { code: 1 }, state: "waiting" } as const,
  ];
  const counts = { done: 0, running: 0, waiting: 0, failed: 0 };
  expect(statusOf({ name: "0.1.0/cpu/abc", list: "key", workers: ["one:1"], units }, 1000)).toEqual({
    pramana: "0.1.0",
    hardware: "cpu",
    store: "abc",
    list: "key",
    units: { done: 2, running: 1, waiting: 1, failed: 1 },
    // Two in a hundred seconds, and two are left.
    secondsLeft: 100,
    workers: [
      { worker: "gone:3", isConnected: false, unit: "Mini test/c", seconds: 40 },
      { worker: "one:1", isConnected: true, unit: null, seconds: null },
    ],
    tasks: [
      { model: "org/model", task: "Mini", units: { done: 2, running: 1, waiting: 0, failed: 1 } },
      { model: "org/model", task: "Other", units: { ...counts, waiting: 1 } },
    ],
    failures: [{ model: "org/model", unit: "Mini test/d", worker: "one:1", reason: "no room" }],
  });
});
