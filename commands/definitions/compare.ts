import { type Distinction, defaultSeed, distinctions, parseDistinction } from "../../reports/comparison/settings.ts";
import { countable } from "../../runners/setting.ts";
import type { CompareChoice } from "../compare.ts";
import { comparisonFormats, fileEndings } from "../formats.ts";
import { names } from "../option-values.ts";
import { defineCommand } from "./definition.ts";
import { failIf, formatOption, runsIn, taskChoice } from "./options.ts";

export const compare = defineCommand<CompareChoice>()({
  name: "compare <base> <candidates...>",
  description: "say whether a model became better or worse, and hold it against rules",
  help: `
Each run is a folder ORG__MODEL/REVISION, a folder with the results of one model, or among --results MODEL, whose
revisions are joined, or MODEL@REVISION, whose revision may be shortened, or what \`run --model\` was given: bm25, or the
folder of a model. Differences are candidate minus base in points
(hundredths of a score). How sure they are comes from the samples stored beside the results; a task without them has the
verdict "unknown". Tasks that were measured in another way are not compared; --allow says what may differ.

Several candidates are each compared with the base, and stand in one table; p is then corrected for their number too, and
rules are held against each.

Rules, one by --fail-if, or one a line in a --gate file (# begins a comment):
  SUBJECT < NUMBER [and significant]     also <=, > and >=
SUBJECT is overall (Mean over the tasks), any (some task), a task type such as Retrieval, or a task. Ends with 1 where a
rule trips. A rule trips too where it cannot be told: a task of it is missing or not comparable, or has no samples to say
whether a difference beyond the limit is significant. A rule of an unknown name, or with an impossible number, is wrong
usage: 2. docs/compare.md has more.

Examples:
  pramana compare local/my-run-checkpoint-400 local/my-run-checkpoint-500
  pramana compare base/model new/a new/b new/c --benchmark "MTEB(eng, v2)" --output candidates.md
  pramana compare intfloat/e5-small-v2@ffb93f3 runs/candidate --fail-if "overall < -0.2"
  pramana compare baseline runs --gate gate.txt --output comment.md junit.xml
  pramana compare runs/base runs/candidate --gate gate.txt --github --github-comment
  pramana compare a/full a/half --fail-if "any < -1.0 and significant" --allow precision
`,
  options: {
    results: { group: "output", ...runsIn },
    tasks: taskChoice.tasks,
    benchmark: {
      ...taskChoice.benchmark,
      description: "the tasks of a benchmark (default: every task that either run has)",
      conflicts: ["tasks"],
    },
    taskFile: taskChoice.taskFile,
    allow: {
      group: "advanced",
      value: "distinctions",
      description: `what may differ, separated by commas: ${distinctions.join(", ")}`,
      parse: (text: string, before: readonly Distinction[] = []) => [...before, ...names(text).map(parseDistinction)],
    },
    failIf,
    checkRules: {
      group: "advanced",
      description: "say whether the rules can be decided, ahead of the runs, which need not be there; compare nothing",
    },
    gate: {
      group: "output",
      value: "file",
      description: "rules, one a line; can be repeated",
      parse: (file: string, files: readonly string[] = []) => [...files, file],
    },
    seed: {
      group: "advanced",
      value: "number",
      description: "of the bootstrap",
      takes: countable,
      default: defaultSeed,
    },
    format: formatOption(comparisonFormats, "form on standard output (default: tables that fit the window; piped, md)"),
    output: {
      group: "output",
      values: "files",
      description: `write files too; their names say the form: ${fileEndings.join(", ")}`,
    },
    github: {
      group: "output",
      description: "in GitHub Actions: write the job's summary and outputs, annotate what tripped",
    },
    githubComment: {
      group: "output",
      optionalValue: "file",
      description: "one comment on the pull request, updated each time (GITHUB_TOKEN); or into a file",
    },
  },
  run: async (terminal, choice, base, candidates) =>
    (await import("../compare.ts")).compare({ base, candidates }, choice, terminal),
});
