import { InputError } from "../../datasets/errors.ts";
import type { Architecture } from "./architecture.ts";
import { bert } from "./bert.ts";
import { gemma3 } from "./gemma3.ts";
import { lfm2 } from "./lfm2.ts";
import { llama } from "./llama.ts";
import { mistral } from "./mistral.ts";
import { qwen2 } from "./qwen2.ts";
import { qwen3 } from "./qwen3.ts";

/** Every family whose graph is written here. A new one is a file and a line. */
const architectures: readonly Architecture[] = Object.freeze([bert, gemma3, lfm2, llama, mistral, qwen2, qwen3]);

/** Values of `model_type` that are understood. */
export const supportedModelTypes: readonly string[] = architectures.flatMap(({ modelTypes }) => modelTypes);

/**
 * The family of a `config.json`.
 * @throws InputError listing the families there are
 */
export function architectureOf(id: string, config: Readonly<Record<string, unknown>>): Architecture {
  const type = String(config["model_type"]);
  const found = architectures.find(({ modelTypes }) => modelTypes.includes(type));
  if (found) return found;
  throw new InputError(
    `model: ${id} is of the type ${type}; its graph can be written for ${supportedModelTypes.join(", ")}; where the repository ships onnx/model.onnx, --onnx runs that`,
  );
}
