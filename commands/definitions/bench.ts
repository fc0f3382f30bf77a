import { positive } from "../../runners/setting.ts";
import type { BenchChoice } from "../bench.ts";
import { benchFormats } from "../formats.ts";
import { positives, seconds } from "../option-values.ts";
import { always, defineCommand } from "./definition.ts";
import { environmentHelp, formatOption, modelOrPair, pairSettings, storedIn } from "./options.ts";

export const bench = defineCommand<BenchChoice>()({
  name: "bench",
  description: "measure latency, throughput, loading and memory",
  help: `
Measures, after warm-up: latency of one text as a query; texts and tokens a second of batches and of a whole corpus, as
documents; of a pair of models both on both sides; of a reranker one query with 100 candidates, and pairs a second. Texts
are made up, or your own. The record goes to RESULTS/ORG__MODEL/REVISION/bench.jsonl, one line for each hardware;
\`pramana leaderboard --with-bench\` shows it beside the scores. What is measured, and how: docs/bench.md.

Examples:
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2
  pramana bench --model ./checkpoint-500 --lengths 16,256 --batch-sizes 1,64 --repeats 40
  pramana bench --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2 --texts documents.jsonl --format json
${environmentHelp}`,
  options: {
    ...modelOrPair,
    ...pairSettings,
    results: { ...storedIn, description: "where the record is stored, beside the model's results" },
    lengths: {
      group: "measure",
      value: "tokens",
      description: "tokens of a text, as far as the model's limit goes",
      parse: positives,
      default: [8, 32, 128, 512],
      defaultText: "8,32,128,512",
    },
    batchSizes: {
      group: "measure",
      value: "texts",
      description: "texts of a call",
      parse: positives,
      default: [1, 8, 32, 128],
      defaultText: "1,8,32,128",
    },
    repeats: {
      group: "measure",
      value: "number",
      description: "rounds through all that is measured, of which the fastest quarter counts",
      takes: positive,
      default: 20,
    },
    budget: {
      group: "measure",
      value: "seconds",
      description: "seconds for each cell in each round",
      takes: seconds,
      default: 0.1,
    },
    texts: {
      group: "measure",
      value: "file",
      description: "your own texts as the corpus: a JSON array, or JSON lines",
    },
    format: formatOption(benchFormats, "form of the record (default: a table)"),
  },
  run: async (terminal, choice) => always((await import("../bench.ts")).bench(choice, terminal)),
});
