import { automatic, prepareEnvironment, providerOf } from "../models/runtime/providers/index.ts";
import type { RunEvent } from "../runners/events.ts";
import { openWorld, type World } from "../runners/world.ts";

/** Options of every call: how it is ended, and who is told of its progress. */
export interface CallOptions {
  /** Ends the call: the batch at work is finished, files are closed, and the signal's reason is thrown. */
  readonly signal?: AbortSignal;
  /** Called while things happen: tasks begin and end, texts are encoded, bytes downloaded. */
  readonly onProgress?: (event: RunEvent) => void;
}

/**
 * Opens the world of a call from a program: nothing is written to its console, and the environment is the process's, of
 * which the same variables count as on the command line (`HF_HOME`, `HF_TOKEN`, `HF_HUB_OFFLINE` …).
 *
 * @returns the world, and the list that collects what the command line would tell on standard error
 */
export function callWorld(
  signal: AbortSignal = new AbortController().signal,
  emit: (event: RunEvent) => void = () => undefined,
): { readonly world: World; readonly notes: readonly string[] } {
  const notes: string[] = [];
  const note = (line: string): void => void notes.push(line);
  return { world: openWorld({ env: process.env, now: () => Date.now() / 1000, signal, emit, note }), notes };
}

/** Sets the environment before a model is opened on a device. */
export function prepareDevice(device: string): void {
  prepareEnvironment(process.env, device === automatic ? undefined : [providerOf(device)]);
}
