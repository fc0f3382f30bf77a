import { names } from "../option-values.ts";
import type { PublishChoice } from "../publish.ts";
import { always, defineCommand } from "./definition.ts";
import { runsIn } from "./options.ts";

export const publish = defineCommand<PublishChoice>()({
  name: "publish",
  description: "make the files by which others see a model's scores; nothing is sent",
  help: `
The run is a folder ORG__MODEL/REVISION, MODEL, or MODEL@REVISION among --results. Without --to what would be written is
listed. In the folder of --to there are then
  results/ORG__MODEL/REVISION/   for a pull request to github.com/embeddings-benchmark/results
  model/README.md                the model's card, the scores in its model-index; all else of it stays
  model/.eval_results/TASK.yaml  for the model's repository on the Hub
A folder that was not run with --name needs the name and the commit that it has on the Hub. Results of drawn shares (--limit) and
tasks of your own are never among them.

Examples:
  pramana publish --model intfloat/e5-small-v2
  pramana publish --model local/my-run-checkpoint-500 --name acme/embed --revision 9f2c1e7 --card README.md --to publication
`,
  options: {
    model: { group: "model", value: "run", description: "the stored run", required: true },
    results: { group: "output", ...runsIn },
    tasks: { group: "measure", value: "names", description: "only these tasks, separated by commas", parse: names },
    benchmark: { group: "measure", value: "name", description: "only the tasks of a benchmark" },
    to: { group: "output", value: "folder", description: "where the files are written" },
    name: {
      group: "output",
      value: "org/model",
      description: "name on the Hub, for a model that was measured from a folder",
    },
    revision: { group: "model", value: "commit", description: "its commit there, beside --name" },
    card: {
      group: "output",
      value: "file",
      description: "the model's card as it is (default: one that an earlier publication left)",
    },
    user: { group: "output", value: "name", description: "who publishes, a user or an organization of the Hub" },
  },
  run: async (terminal, choice) => always((await import("../publish.ts")).publish(choice, terminal)),
});
