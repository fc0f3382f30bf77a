import type { CertifyChoice } from "../certify.ts";
import { certifyFormats } from "../formats.ts";
import { defineCommand } from "./definition.ts";
import { environmentHelp, formatOption, modelSettings } from "./options.ts";

export const certify = defineCommand<CertifyChoice>()({
  name: "certify <address>",
  description: "hold a server's vectors against those of a model's weights, and name what is different",
  help: `
Asks an OpenAI-compatible server (ADDRESS#NAME) for the vectors of some thirty texts, alone, again and in batches, and
computes what the weights give, with the model's own settings and with those that servers get wrong: prompts, pooling,
normalization, the longest text, dimensions, tokens, precision, batches, the order of answers. The exit status is 0 where
the server is right, 1 where it is not. What is tried, and how sure it is: docs/certify.md.

Examples:
  pramana certify 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --against BAAI/bge-m3
  pramana certify 'http://127.0.0.1:8080/v1#e5' --against intfloat/e5-base-v2 --prompt-name query --task STSBenchmark
${environmentHelp}`,
  options: {
    against: {
      group: "measure",
      value: "id-or-folder",
      description: "model whose weights the server is to run",
      required: true,
    },
    prompt: {
      group: "model",
      value: "text",
      description: "the server is to put this before every text (default: the model's default prompt, mostly none)",
      conflicts: ["promptName"],
    },
    promptName: { group: "model", value: "name", description: "the same, by the name of one of the model's prompts" },
    task: { group: "measure", value: "name", description: "run this task by both, to tell what a difference costs" },
    format: formatOption(certifyFormats, "form of the certificate (default: text)"),
    ...modelSettings,
  },
  run: async (terminal, choice, address) => (await import("../certify.ts")).certify(address, choice, terminal),
});
