import { predictionFormats } from "../formats.ts";
import { names } from "../option-values.ts";
import type { PredictChoice } from "../predict.ts";
import { always, defineCommand } from "./definition.ts";
import { formatOption, shownResults } from "./options.ts";

export const predict = defineCommand<PredictChoice>()({
  name: "predict",
  description: "predict the means of a benchmark from the tasks that are stored",
  help: `
Each model with results of at least three tasks of the benchmark, but not of all, gets its Mean (Task), Mean (Type) and means by
type predicted, each with an interval, from the published scores of a hundred models and more. Nothing is run and nothing is
stored. \`pramana run --quick\` runs the tasks that predict best. docs/quick.md says how far predictions are off.

Examples:
  pramana predict
  pramana predict --benchmark "MTEB(nld, v1)" --models all-MiniLM-L6-v2 --format json
`,
  options: {
    results: shownResults.results,
    benchmark: { ...shownResults.benchmark, description: "the benchmark (default: MTEB(eng, v2))" },
    models: {
      group: "measure",
      value: "names",
      description: "only these models, ORG/NAME or NAME, separated by commas",
      parse: names,
    },
    format: formatOption(predictionFormats, "form of the tables (default: ones that fit the window; piped, md)"),
  },
  run: async (terminal, choice) => always((await import("../predict.ts")).predictStored(choice, terminal)),
});
