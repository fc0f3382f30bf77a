import { InputError } from "../../datasets/errors.ts";
import type { Architecture } from "./architecture.ts";
import { bert } from "./bert.ts";

/** Every family whose graph is written here. A new one is a file and a line. */
const architectures: readonly Architecture[] = Object.freeze([bert]);

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
