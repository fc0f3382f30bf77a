import { UsageError } from "../../datasets/errors.ts";
import { promptFormats } from "../formats.ts";
import { folder } from "../option-values.ts";
import type { PromptsTryChoice } from "../prompts-try.ts";
import { type CommandDefinition, defineCommand } from "./definition.ts";
import { caching, formatOption, keepingEnvironmentHelp, model, modelSettings, taskChoice } from "./options.ts";

const again = (text: string, before: readonly string[] = []): string[] => [...before, text];

export const prompts: CommandDefinition = defineCommand()({
  name: "prompts",
  description: "try prompts: what a model's scores, and the order of two models, depend on them",
  options: {},
  run: async () => {
    throw new UsageError(
      "prompts: expected what is to be done with them: pramana prompts try (--help shows its options)",
    );
  },
  commands: [
    defineCommand<PromptsTryChoice>()({
      name: "try",
      description:
        "run tasks with each of some prompts, documents encoded once, and tell what the scores depend on them",
      help: `
A prompt stands before queries, or, in tasks that have none, before every text. Each is tried as it is given; the model's own
prompt (published) and none are tried beside them. Documents keep the model's own. The table tells each prompt's score and
whether it is better than the published one; median, spread and best of all; and how much of the best one's score is the luck
of choosing it. With two models it tells whether their order hangs on the prompt. docs/prompt-sensitivity.md says how to read
it.

Results go to a folder of their own, as model[prompts=NAME]; what is there is not run again, so that a command that was stopped
goes on. \`pramana compare\` and \`pramana samples\` take two of these rows.

A file holds a prompt a line, or JSON: a list, or an object of prompts by name, of which each is a text, or
{"instruction": "…"}, which goes into the model's template.

Examples:
  pramana prompts try --model intfloat/e5-small-v2 --tasks SciFact --prompt "query: " --prompt "question: "
  pramana prompts try --model Qwen/Qwen3-Embedding-0.6B --tasks SciFact --instruction "Find papers that support the claim"
  pramana prompts try --model BAAI/bge-small-en-v1.5 --model intfloat/e5-small-v2 --tasks SciFact,NFCorpus --prompts ten.json
${keepingEnvironmentHelp}`,
      options: {
        model: {
          ...model,
          description: `${model.description}; given several times, their order is told under each prompt`,
          parse: again,
          many: "repeated",
          required: true,
        },
        ...taskChoice,
        prompt: {
          group: "measure",
          value: "text",
          description:
            "prompt to try, with its last blank; \\n is a line end, {instruction} the task's own; can be repeated",
          parse: again,
          many: "repeated",
        },
        instruction: {
          group: "measure",
          value: "text",
          description: "instruction to try in the model's own template; can be repeated",
          parse: again,
          many: "repeated",
        },
        prompts: { group: "measure", value: "file", description: "prompts to try, one a line or JSON" },
        results: {
          group: "output",
          value: "folder",
          description: "where the results of all prompts are stored",
          parse: folder,
          default: "prompt-tries",
        },
        format: formatOption(promptFormats, "form of the tables (default: tables that fit the window; piped, md)"),
        ...caching,
        ...modelSettings,
      },
      run: async (terminal, choice) => (await (await import("../prompts-try.ts")).tryThem(choice, terminal)) === 0,
    }),
  ],
});
