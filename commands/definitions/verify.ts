import { countable } from "../../runners/setting.ts";
import { verifyFormats } from "../formats.ts";
import { howMuch, names } from "../option-values.ts";
import type { ReceiptChoice } from "../receipt.ts";
import type { VerifyCommandChoice } from "../verify.ts";
import { always, defineCommand } from "./definition.ts";
import { checkpointSettings, environmentHelp, formatOption, runsIn, taskFile } from "./options.ts";

const results = { group: "measure", ...runsIn } as const;

export const receipt = defineCommand<ReceiptChoice>()({
  name: "receipt <results>",
  description: "write down the hashes of results, samples, model, data and program, and sign them",
  help: `
RESULTS is a folder with results, MODEL or MODEL@REVISION. The receipt lies beside the results, in receipt.pramana, and is
published with them: \`pramana verify\` then says whether they are still the same, and whether they stand (docs/verify.md). The
files of model and data were hashed when they were read, and the program when it ran; what was not is named.

Examples:
  openssl genpkey -algorithm ed25519 -out key.pem
  openssl pkey -in key.pem -pubout -out public.pem
  pramana receipt intfloat/e5-small-v2 --sign key.pem
`,
  options: {
    results,
    sign: { group: "output", value: "file", description: "private key that signs it: Ed25519, PEM" },
  },
  run: async (terminal, choice, run) => always((await import("../receipt.ts")).receipt(run, choice, terminal)),
});

export const verify = defineCommand<VerifyCommandChoice>()({
  name: "verify <results>",
  description: "tell whether results are as their receipt says, follow from their samples, and come out again",
  help: `
RESULTS is a folder with results, MODEL or MODEL@REVISION. It tells whether the files are those of the receipt
(\`pramana receipt\`) and who signed it; whether the samples give the scores; and with --recompute, whether units that are drawn
by chance come out again with the model and the data, and how likely units that were altered would have been found
(docs/verify.md). The exit status is 1 where something is wrong.

Examples:
  pramana verify results/intfloat__e5-small-v2/ffb93f3
  pramana verify intfloat/e5-small-v2 --key public.pem --recompute 1%
  pramana verify results --recompute 50 --seed 7 --format json
  pramana verify local/checkpoint-500 --recompute 100% --tasks STS12 --model ./out/checkpoint-500
${environmentHelp}`,
  options: {
    results,
    key: {
      group: "measure",
      value: "file",
      description: "public key of whoever is to have signed the receipt: Ed25519, PEM",
    },
    recompute: {
      group: "measure",
      value: "share",
      description: "compute so many units of each task again, such as 1% or 50; 100% computes all of it",
      parse: howMuch,
    },
    tasks: {
      group: "measure",
      value: "names",
      description: "of these tasks only, separated by commas (default: of all)",
      parse: names,
      many: "commas",
    },
    seed: {
      group: "measure",
      value: "number",
      description: "which units are drawn (default: by chance; it is printed)",
      takes: countable,
    },
    model: {
      group: "model",
      value: "id-or-folder",
      description: "where the model lies, if the name of the results does not say it",
    },
    device: checkpointSettings.device,
    threads: checkpointSettings.threads,
    taskFile,
    format: { ...formatOption(verifyFormats, "form of what is told"), default: "text" },
  },
  run: async (terminal, choice, run) => (await import("../verify.ts")).verify(run, choice, terminal),
});
