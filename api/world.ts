import { isMainThread } from "node:worker_threads";
import type { Terminal } from "../commands/terminal.ts";
import { cudaEnvironment, setWhereUnset } from "../models/runtime/cuda-environment.ts";
import type { RunEvent } from "../runners/events.ts";

/** What a call reaches of the program that makes it. */
export interface CallOptions {
  /** Ends the call: the batch at work is finished, files are closed, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Told what happens while it happens: tasks that begin and end, texts encoded, bytes downloaded. */
  readonly onProgress?: (event: RunEvent) => void;
}

/**
 * The world as commands see it, for a call from a program: nothing is written to its console, and the environment is the
 * process's, of which the same variables count as on the command line (`HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE` …).
 *
 * @param note Takes what the command line would tell on standard error.
 */
export function callTerminal(
  { signal, onProgress }: CallOptions,
  note: (text: string) => void,
): Terminal & { readonly onEvent: (event: RunEvent) => void } {
  return {
    env: process.env,
    out: () => undefined,
    err: (text) => note(text.trim()),
    readInput: async () => "",
    now: () => Date.now() / 1000,
    signal: signal ?? new AbortController().signal,
    onEvent: (event) => onProgress?.(event),
  };
}

/** Before a model is opened on a GPU. Only the main thread has the process's environment; a worker's is a copy. */
export function prepareDevice(device: string): void {
  if (device !== "cpu" && isMainThread) setWhereUnset(process.env, cudaEnvironment);
}
