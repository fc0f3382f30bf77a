import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { getTask } from "../../tasks/index.ts";
import { placesOf } from "../../tasks/places.ts";
import type { RunEvent } from "../events.ts";
import { openStore } from "../store/index.ts";
import { unit } from "../testing/task-results.ts";
import { openWorld } from "../world.ts";
import { openCollector } from "./collect.ts";
import { toPart } from "./part.ts";
import { planUnits } from "./plan.ts";
import { identity, partOf, queued } from "./testing/units.ts";

/** A task that is one unit, of several subsets. */
const task = getTask("MasakhaNEWSClusteringS2S");

/** Opens a way to publish a task's only part, whose inputs have a hash, and to collect it with others in one folder. */
function openCollecting() {
  const notes: string[] = [];
  const events: RunEvent[] = [];
  const world = openWorld({
    ...{ env: {}, now: () => 7, signal: new AbortController().signal },
    emit: (event) => void events.push(event),
    note: (line) => void notes.push(line),
  });
  const results = mkdtempSync(join(tmpdir(), "pramana-collected-"));
  const collect = async (hash: string) => {
    const store = openStore(mkdtempSync(join(tmpdir(), "pramana-store-")), world);
    const [planned] = await planUnits(queued().setting, [task], world.signal);
    const [{ key, unit: asked }] = planned.units;
    const findings = [{ kind: "text-empty", count: 1, first: ["row 3"] }] as const;
    const units = placesOf(task).map((place, i) => unit({ ...place, findings: i === 1 ? findings : [] }));
    const run = { ...identity, datasetRevision: task.dataset.revision, inputs: { task: hash } };
    await store.publish(key, toPart(partOf(asked, { identity: run, units })));
    return openCollector({ results }, store, world).collect(planned);
  };
  return { collect, notes, events };
}

it("a finding of a task that is one unit is told with its subset", async () => {
  const { collect, events } = openCollecting();
  await collect("a");
  const { length } = placesOf(task);
  expect(length).toBeGreaterThan(1);
  expect(events).toEqual([expect.objectContaining({ kind: "finding", places: length })]);
});

it("a stored result that was run with the same stays, another is replaced, which is told", async () => {
  const { collect, notes } = openCollecting();
  const stored = await collect("a");
  expect(await collect("a")).toEqual(stored);
  expect(notes).toEqual([]);
  expect((await collect("b")).run?.inputs).toEqual({ task: "b" });
  expect(notes).toEqual([`${task.name}: the stored result is not taken: the task's settings: no longer the same`]);
});
