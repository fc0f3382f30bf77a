import { oneOf } from "../../runners/setting.ts";
import type { EmbedChoice } from "../embed.ts";
import type { ScoreChoice } from "../score.ts";
import type { TextsChoice } from "../texts.ts";
import { always, defineCommand } from "./definition.ts";
import { environmentHelp, model, modelSettings, taskChoice, threads } from "./options.ts";

export const embed = defineCommand<EmbedChoice>()({
  name: "embed",
  description: "turn a JSON array of texts into a JSON array of vectors, or of a list of vectors for each text",
  help: `
Reads a JSON array of texts, or JSON lines, a text on each. A sparse encoder's vector is written as {"indices": […], "values": […]}, without its zeros.

Examples:
  echo '["a text", "another"]' | pramana embed --model sentence-transformers/all-MiniLM-L6-v2
  jq -R . lines.txt | pramana embed --model sentence-transformers/all-MiniLM-L6-v2 > vectors.json
  pramana embed --model ./checkpoint-500 --prompt-name query --input texts.json --output vectors.json
${environmentHelp}`,
  options: {
    model: { ...model, required: true },
    promptName: { group: "model", value: "name", description: "one of the model's prompts", conflicts: ["prompt"] },
    prompt: { group: "model", value: "text", description: "put this before every text" },
    role: {
      group: "model",
      value: "role",
      description:
        "what the texts are: it decides on prompt and adapter, where none is given, on the route of a Router, and on the tokens of late interaction",
      takes: oneOf(["query", "document"]),
    },
    adapter: {
      group: "model",
      value: "name",
      description: "one of the model's adapters (default: that of the role, or without a role none)",
    },
    input: { group: "measure", value: "file", description: "file of texts (default, and -: standard input)" },
    output: { group: "output", value: "file", description: "JSON file of vectors (default: standard output)" },
    ...modelSettings,
  },
  run: async (terminal, choice) => always((await import("../embed.ts")).embed(choice, terminal)),
});

export const score = defineCommand<ScoreChoice>()({
  name: "score",
  description: "score pairs of a query and a document",
  help: `
Reads pairs, [["query", "text"], …] or JSON lines, ["query", "text"] on each, and writes a list of scores, or reads
{"queries": […], "documents": […]} and writes a row of scores for each query. A cross-encoder reads the two texts together; a model that makes vectors scores by its own
similarity (docs/kinds.md).

Examples:
  echo '["how old is the sun", "4.6 billion years"]' | pramana score --model cross-encoder/ms-marco-MiniLM-L6-v2
  jq -c '[.question, .answer]' rows.jsonl | pramana score --model sentence-transformers/all-MiniLM-L6-v2 > scores.json
  pramana score --model cross-encoder/ms-marco-MiniLM-L6-v2 --input pairs.json --output scores.json
${environmentHelp}`,
  options: {
    model: { ...model, required: true },
    prompt: {
      group: "model",
      value: "text",
      description: "put this before every query (default: the model's own prompt)",
    },
    input: {
      group: "measure",
      value: "file",
      description: "file of pairs, or of queries and documents (default, and -: standard input)",
    },
    output: { group: "output", value: "file", description: "JSON file of scores (default: standard output)" },
    ...modelSettings,
  },
  run: async (terminal, choice) => always((await import("../score.ts")).score(choice, terminal)),
});

export const texts = defineCommand<TextsChoice>()({
  name: "texts",
  description: "write the texts that tasks need vectors of, for vectors made elsewhere",
  help: `
Writes each text once: as a JSON text, or where a task tells queries from documents as {"text": "…", "role": "query"}.
Embed them line by line, write the vectors as vectors.npy beside the file, and name the folder:

Example:
  pramana texts --tasks STSBenchmark --output vectors/texts.jsonl
  pramana run --tasks STSBenchmark --model precomputed:vectors
`,
  options: {
    ...taskChoice,
    output: { group: "output", value: "file", description: "JSON lines", required: true },
    threads,
  },
  run: async (terminal, choice) => always((await import("../texts.ts")).writeTexts(choice, terminal)),
});
