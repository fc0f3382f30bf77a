import { listFormats } from "../formats.ts";
import type { RenameChoice, ResultListChoice } from "../results.ts";
import { always, defineCommand } from "./definition.ts";
import { fittedFormatOption, storedIn } from "./options.ts";

export const results = defineCommand<ResultListChoice>()({
  name: "results",
  description: "list the models whose results are stored, or give them another name",
  help: `
Examples:
  pramana results
  pramana results rename local/my-run-checkpoint-500 acme/embed@v1 --dry-run
`,
  options: {
    results: storedIn,
    format: fittedFormatOption(listFormats, "list"),
  },
  run: async (terminal, choice) => always((await import("../results.ts")).listResults(choice, terminal)),
  commands: [
    defineCommand<RenameChoice>()({
      name: "rename <run> <to>",
      description: "move results, samples and metadata to another name",
      help: `
RUN is MODEL, with all its revisions, or MODEL@REVISION; TO is ORG/MODEL, or ORG/MODEL@REVISION. Rows with marks, such as
local/embed[precision=int8], keep them and move along. Nothing is overwritten, and what is killed half way is whole at both
places until the same command ends it.

Examples:
  pramana results rename local/my-run-checkpoint-500 acme/embed --dry-run
  pramana results rename local/my-run-checkpoint-500@dfdac87 acme/embed@step-500
`,
      options: {
        results: storedIn,
        dryRun: { group: "output", description: "show what would be done, and do nothing" },
      },
      run: async (terminal, choice, run, to) =>
        always((await import("../results.ts")).renameStored(run, to, choice, terminal)),
    }),
  ],
});
