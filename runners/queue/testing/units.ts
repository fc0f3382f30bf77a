import { identityOf, type RunIdentity } from "../../identity.ts";
import { result, run, unit } from "../../testing/task-results.ts";
import type { Part } from "../part.ts";
import { idOf, type QueuedUnit } from "../unit.ts";

/** Makes a unit as it travels. */
export const queued = (overrides: Partial<QueuedUnit> = {}): QueuedUnit => ({
  setting: {
    pramana: "0.1.0",
    hardware: "cpu",
    model: "org/model",
    commit: "c0",
    revision: "c0",
    estimator: "official",
  },
  task: "Mini",
  data: "0123abcd",
  inputs: { task: "t" },
  places: [{ split: "test", subset: "default" }],
  ...overrides,
});

export const identity = identityOf(result({ run: { ...run, inputs: { task: "t" } } })) as RunIdentity;

/** Makes what a worker publishes of a unit. */
export function partOf(from: QueuedUnit, overrides: Partial<Part> = {}): Part {
  const { prompts: _, texts: __, tokens: ___, encodingSeconds: ____, ...frame } = run;
  return {
    id: idOf(from),
    model: { name: "org/model", revision: "c0", maxTokens: Number.POSITIVE_INFINITY, meta: { name: "org/model" } },
    frame,
    identity,
    units: from.places.map((place) => unit({ ...place, scores: { accuracy: 0.1 + 0.2, f1: Number.NaN } })),
    ...overrides,
  };
}
