import { names, seconds } from "../option-values.ts";
import type { WorkerCommandChoice } from "../worker.ts";
import { always, defineCommand } from "./definition.ts";
import {
  caching,
  checkpointSettings,
  keepingEnvironmentHelp,
  queue,
  queueEnvironmentHelp,
  store,
  taskFile,
} from "./options.ts";

export const worker = defineCommand<WorkerCommandChoice>()({
  name: "worker",
  description: "do the units of a queue that `pramana run --queue` fills",
  help: `
Start as many as there are machines or GPUs; each takes one unit at a time, and gives it back where it is stopped (Ctrl-C,
SIGTERM). Takes models of the Hub; folders and addresses only where --models names them (docs/cluster.md).

Examples:
  pramana worker --queue redis://queue-host:6379 --store /shared/pramana
  pramana worker --queue rediss://queue-host:6380 --store s3://bucket/pramana --device cuda:0 --idle-exit 60
  pramana worker --queue redis://queue-host:6379 --store /shared/pramana --models 'BAAI/*' /shared/checkpoints/step-500
${keepingEnvironmentHelp}${queueEnvironmentHelp}`,
  options: {
    queue: { ...queue, required: true },
    store: { ...store, required: true },
    models: {
      value: "names",
      description: "take these models and no others, separated by commas; BAAI/* takes all of one organisation",
      parse: names,
    },
    taskFile,
    device: checkpointSettings.device,
    threads: checkpointSettings.threads,
    ...caching,
    idleExit: {
      value: "seconds",
      description: "end after so long without a unit (default: wait for ever)",
      takes: seconds,
    },
    lostAfter: {
      value: "seconds",
      description: "how long a worker may not answer before its unit goes to another",
      takes: seconds,
      default: 30,
    },
  },
  run: async (terminal, choice) => always((await import("../worker.ts")).work(choice, terminal)),
});
