import { startAhead } from "../models/runtime/session-threads.ts";
import { isRepository } from "../runners/model/adapters.ts";
import type { RunOptions } from "./run-options.ts";

type Asked = Pick<RunOptions, "model" | "dryRun" | "explain" | "queue">;

/**
 * Tells whether a run opens a model in ONNX Runtime in this process: where it measures by itself, and a model of it, or the
 * one that is taken where none is named, is a repository.
 */
export function opensSession({ model = [], dryRun, explain, queue }: Asked): boolean {
  if (dryRun !== undefined || explain || queue !== undefined) return false;
  const names = model.map((one) => (typeof one === "string" ? one : one.model));
  return names.length === 0 || names.some((name) => name !== undefined && isRepository(name));
}

/** Begins with what takes long and needs nothing of the program, while the rest of the program is loaded. */
export function prepareRun(options: Asked): void {
  if (opensSession(options)) startAhead();
}
