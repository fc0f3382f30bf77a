import { positive } from "../../runners/setting.ts";
import type { BenchOptions } from "../bench-choice.ts";
import { benchFormats } from "../formats.ts";
import { positives, seconds } from "../option-values.ts";
import { always, defineCommand } from "./definition.ts";
import { environmentHelp, formatOption, modelOrPair, name, pairSettings, storedIn } from "./options.ts";

export const bench = defineCommand<BenchOptions>()({
  name: "bench",
  description: "measure latency, throughput, loading and memory",
  help: `
Measures, after warm-up: latency of one text as a query; texts and tokens a second of batches and of a whole corpus, as
documents; of a pair of models both on both sides; of a reranker one query with 100 candidates, and pairs a second. Texts
are made up, or your own. The record goes to RESULTS/ORG__MODEL/REVISION/bench.jsonl, one line for each hardware;
\`pramana leaderboard --with-bench\` shows it beside the scores. Of a server (--model ADDRESS#NAME): percentiles of a
request, requests and texts a second and failures by kind, by texts a request and requests at once; --concurrency measures
a model in this program the same way, and several --model stand in one table. What is measured, and how: docs/bench.md.

Examples:
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2
  pramana bench --model ./checkpoint-500 --lengths 16,256 --batch-sizes 1,64 --repeats 40
  pramana bench --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5
  pramana bench --model sentence-transformers/all-MiniLM-L6-v2 --texts documents.jsonl --format json
  pramana bench --model 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --concurrency 1,8,32 --format openmetrics
  pramana bench --model 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --model BAAI/bge-m3
${environmentHelp}`,
  options: {
    ...modelOrPair,
    model: {
      ...modelOrPair.model,
      description: `${modelOrPair.model.description}; several times, to measure requests to each (--concurrency)`,
      parse: (text: string, before: BenchOptions["model"] = []) => [...before, text],
      many: "repeated",
    },
    name,
    ...pairSettings,
    results: { ...storedIn, description: "where the record is stored, beside the model's results" },
    lengths: {
      group: "measure",
      value: "tokens",
      description: "tokens of a text, as far as the model's limit goes (default: 8,32,128,512)",
      parse: positives,
    },
    batchSizes: {
      group: "measure",
      value: "texts",
      description: "texts of a call (default: 1,8,32,128), or of a request (1,32)",
      parse: positives,
    },
    concurrency: {
      group: "measure",
      value: "requests",
      description: "requests at once (default, of a server: 1,2,4,8,16,32); a model in this program is asked likewise",
      parse: positives,
    },
    repeats: {
      group: "measure",
      value: "number",
      description:
        "rounds through all that is measured (default: 20, of which the fastest quarter counts; of a server 5)",
      takes: positive,
    },
    budget: {
      group: "measure",
      value: "seconds",
      description: "seconds for each cell in each round (default: 0.1, of a server 1)",
      takes: seconds,
    },
    requests: {
      group: "measure",
      value: "number",
      description: "most requests of each cell in each round",
      takes: positive,
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
