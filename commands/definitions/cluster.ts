import { positive } from "../../runners/setting.ts";
import { statusFormats } from "../formats.ts";
import { names, port, seconds } from "../option-values.ts";
import type { StatusChoice } from "../status.ts";
import type { WorkerCommandChoice } from "../worker.ts";
import { always, defineCommand } from "./definition.ts";
import {
  caching,
  checkpointSettings,
  formatOption,
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
      group: "measure",
      value: "names",
      description: "take these models and no others, separated by commas; BAAI/* takes all of one organisation",
      parse: names,
    },
    taskFile,
    device: checkpointSettings.device,
    threads: checkpointSettings.threads,
    ...caching,
    idleExit: {
      group: "advanced",
      value: "seconds",
      description: "end after so long without a unit (default: wait for ever)",
      takes: seconds,
    },
    concurrency: {
      group: "speed",
      value: "number",
      description: "units at once, each with a model of its own in memory",
      takes: positive,
      default: 1,
    },
    metrics: {
      group: "output",
      value: "port",
      description: "serve a page of OpenMetrics there: units, texts, tokens, what waits (docs/cluster.md)",
      takes: port,
    },
    lostAfter: {
      group: "advanced",
      value: "seconds",
      description: "how long a worker may not answer before its unit goes to another",
      takes: seconds,
      default: 30,
    },
  },
  run: async (terminal, choice) => always((await import("../worker.ts")).work(choice, terminal)),
});

export const status = defineCommand<StatusChoice>()({
  name: "status",
  description: "show the runs of a queue: what is done, at work, waiting and failed, and who works",
  help: `
By model, task, worker and kind of hardware. Done units are shown for a week, at most 100,000 of them; what is done stays in
the store. Ends with 1 where a unit failed (docs/cluster.md).

Examples:
  pramana status --queue redis://queue-host:6379
  pramana status --queue redis://queue-host:6379 --watch
  pramana status --queue redis://queue-host:6379 --format json

Environment:
${queueEnvironmentHelp}`,
  options: {
    queue: { ...queue, required: true },
    format: { ...formatOption(statusFormats, "form of the list"), default: "text" },
    watch: {
      group: "output",
      description: "look again every two seconds, and print what changed, until nothing waits or is at work",
    },
  },
  run: async (terminal, choice) => (await (await import("../status.ts")).showStatus(choice, terminal)) === 0,
});
