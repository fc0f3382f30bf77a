/**
 * Runs a graph once, in a process of its own: what the libraries of a GPU write to standard error reaches nobody, and a
 * driver that crashes ends this process alone. `trial.ts` starts it, and ends it once it has answered.
 */
const { join } = require("node:path");
const { Worker } = require("node:worker_threads");

/** @typedef {import("./trial.ts").Trial} Trial */
/** @typedef {import("./trial.ts").Outcome} Outcome */

/** @param {Outcome} outcome */
const tell = (outcome) => process.send?.(outcome);

process.once("message", (/** @type {Trial} */ { settings, feeds, outputs }) => {
  const worker = new Worker(join(__dirname, "session.worker.cjs"), { workerData: settings });
  worker.on("error", ({ message }) => tell({ error: message }));
  worker.on("message", ({ ready, value, error }) => {
    if (ready) worker.postMessage({ kind: "run", id: 0, feeds, outputs });
    else tell(error === undefined ? { value } : { error });
  });
});
