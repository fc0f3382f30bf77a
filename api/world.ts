import { isMainThread } from "node:worker_threads";
import { prepareEnvironment, providerOf } from "../models/runtime/providers/index.ts";
import type { RunEvent } from "../runners/events.ts";
import { openWorld, type World } from "../runners/world.ts";

/** What a call reaches of the program that makes it. */
export interface CallOptions {
  /** Ends the call: the batch at work is finished, files are closed, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told what happens while it happens: tasks that begin and end, texts encoded, bytes downloaded. */
  readonly onProgress?: (event: RunEvent) => void;
}

/**
 * The world of a call from a program: nothing is written to its console, and the environment is the process's, of which
 * the same variables count as on the command line (`HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE` …).
 *
 * @param note Takes what the command line would tell on standard error.
 */
export const callWorld = ({ signal, onProgress }: CallOptions, note: (line: string) => void): World =>
  openWorld({
    env: process.env,
    now: () => Date.now() / 1000,
    signal: signal ?? new AbortController().signal,
    emit: (event) => onProgress?.(event),
    note,
  });

/** Before a model is opened on a device. Only the main thread has the process's environment; a worker's is a copy. */
export function prepareDevice(device: string): void {
  if (isMainThread) prepareEnvironment(process.env, [providerOf(device)]);
}
