import { benchFormats, namesOf } from "../formats.ts";
import { folder, positive, positives, seconds } from "../option-values.ts";
import { always, type CommandDefinition } from "./definition.ts";
import { environmentHelp, modelOrPair, modelSettings } from "./options.ts";

export const bench: CommandDefinition = {
  name: "bench",
  description: "measure latency, throughput, loading and memory",
  help: `
Measures, after warm-up: latency of one text as a query; texts and tokens a second of batches and of a whole corpus, as
documents; of a pair of models both on both sides. Texts are made up, or your own. The record goes to
RESULTS/ORG__MODEL/REVISION/bench.jsonl, one line for each hardware; \`pramana leaderboard --with-bench\` shows it beside
the scores. What is measured, and how: docs/bench.md.

Examples:
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2
  pramana bench --model ./checkpoint-500 --lengths 16,256 --batch-sizes 1,64 --repeats 40
  pramana bench --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2 --texts documents.jsonl --format json
${environmentHelp}`,
  options: [
    ...modelOrPair,
    ...modelSettings,
    {
      flags: "--results <folder>",
      description: "where the record is stored, beside the model's results",
      parse: folder,
      default: "results",
    },
    {
      flags: "--lengths <tokens>",
      description: "tokens of a text, as far as the model's limit goes",
      parse: positives,
      default: [8, 32, 128, 512],
      defaultText: "8,32,128,512",
    },
    {
      flags: "--batch-sizes <texts>",
      description: "texts of a call",
      parse: positives,
      default: [1, 8, 32, 128],
      defaultText: "1,8,32,128",
    },
    {
      flags: "--repeats <number>",
      description: "rounds through all that is measured, of which the fastest quarter counts",
      parse: positive,
      default: 20,
    },
    {
      flags: "--budget <seconds>",
      description: "seconds for each cell in each round",
      parse: seconds,
      default: 0.1,
    },
    { flags: "--texts <file>", description: "your own texts as the corpus: a JSON array, or JSON lines" },
    {
      flags: "--format <format>",
      description: "form of the record (default: a table)",
      choices: namesOf(benchFormats),
    },
  ],
  run: async (terminal, options) => always((await import("../bench.ts")).bench(options, terminal)),
};
