import type { FetchChoice } from "../fetch.ts";
import { defineCommand } from "./definition.ts";
import { environmentHelp, modelOrPair, pairSettings, taskChoice } from "./options.ts";

export const fetch = defineCommand<FetchChoice>()({
  name: "fetch",
  description: "download what runs will need, ahead of them",
  help: `
Fetches the data of tasks, only of the subsets and splits that are chosen, and models, into the cache of the Hub: several
files at once, each compared with its checksum. What was stopped goes on where it was; what is there is not fetched again.
Runs then need no network (HF_HUB_OFFLINE=1). Ends with 1 where something cannot be had, after all else was fetched.

How much it is is told first, and with --dry-run alone; \`pramana run --dry-run\` tells the time too (docs/planning.md).

Examples:
  pramana fetch --benchmark "MTEB(Multilingual, v2)" --languages deu,fra
  pramana fetch --tasks STSBenchmark,SciFact --model sentence-transformers/all-MiniLM-L6-v2
  pramana fetch --model BAAI/bge-m3
${environmentHelp}`,
  options: {
    ...taskChoice,
    ...modelOrPair,
    revision: pairSettings.revision,
    kind: pairSettings.kind,
    onnx: pairSettings.onnx,
    dryRun: {
      group: "measure",
      description: "tell how many files and bytes would be fetched, by model and task, and fetch nothing",
    },
  },
  run: async (terminal, choice) => (await import("../fetch.ts")).fetchCommand(choice, terminal),
});
