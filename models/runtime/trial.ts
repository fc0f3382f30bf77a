import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { NamedTensors, SessionSettings } from "./session.ts";

/** A graph that is run once in a process of its own. */
export interface Trial {
  readonly settings: SessionSettings;
  readonly feeds: NamedTensors;
  readonly outputs: readonly string[];
}

/** What the process answers. */
export type Outcome = { readonly value: NamedTensors } | { readonly error: string };

/** Milliseconds in which a driver has to answer. */
const patience = 60_000;

/**
 * Runs a graph once in a process of its own, whose standard error nobody reads.
 * @throws Error with ONNX Runtime's message, or where the process ended without an answer
 */
export function runApart(trial: Trial): Promise<NamedTensors> {
  return new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(new URL("./try-out.cjs", import.meta.url)), {
      execArgv: [],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "ignore", "ipc"],
      timeout: patience,
      killSignal: "SIGKILL",
    });
    child.once("message", (outcome: Outcome) => {
      if ("value" in outcome) resolve(outcome.value);
      else reject(new Error(outcome.error));
      child.kill("SIGKILL");
    });
    child.once("error", reject);
    child.once("exit", (code, signal) =>
      reject(new Error(`the process that tried it ended without an answer (${signal ?? `status ${code}`})`)),
    );
    // Where it is gone already, its end says so.
    child.send(trial, () => undefined);
  });
}
