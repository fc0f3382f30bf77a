import { oneOf } from "../../runners/setting.ts";
import type { CompletionChoice } from "../completion.ts";
import { always, defineCommand } from "./definition.ts";

export const completion = defineCommand<CompletionChoice>()({
  name: "completion",
  description: "write what lets a shell complete commands, options, tasks and benchmarks",
  help: `
Examples:
  eval "$(pramana completion --shell bash)"     in ~/.bashrc
  eval "$(pramana completion --shell zsh)"      in ~/.zshrc, after compinit
  pramana completion --shell fish > ~/.config/fish/completions/pramana.fish
`,
  options: {
    shell: {
      group: "output",
      value: "name",
      description: "whose",
      takes: oneOf(["bash", "zsh", "fish"]),
      required: true,
    },
  },
  run: async (terminal, choice) => always((await import("../completion.ts")).completion(choice, terminal)),
});
