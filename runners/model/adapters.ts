import { asUsage, UsageError } from "../../datasets/errors.ts";
import type { Encoder } from "../../models/encoder.ts";
import { isAddress, parseEndpoint } from "../../models/endpoint/address.ts";
import { openEndpoint } from "../../models/endpoint/index.ts";
import { createBm25 } from "../../models/lexical/index.ts";
import type { LexicalModel } from "../../models/lexical/lexical-model.ts";
import { openPrecomputed } from "../../models/precomputed/index.ts";
import type { ConfigValues } from "../../models/repository/known-configs.ts";
import type { Precision } from "../../models/runtime/precision.ts";
import type { Quantization } from "../../models/variants/quantization.ts";
import type { World } from "../world.ts";

const lexical = "bm25";
const precomputed = "precomputed:";

/** Options that say how a repository runs. */
export interface RepositoryOptions {
  readonly revision?: string;
  readonly precision?: Precision;
  readonly onnx?: boolean;
  readonly modelConfig?: ConfigValues;
  readonly maxTokens?: number;
}

/** Options of a run that need vectors. */
export interface VectorOptions {
  readonly model?: string;
  readonly prompts?: string;
  readonly dimensions?: number;
  readonly quantize?: Quantization;
}

/** What of the world an adapter reaches. */
type AdapterWorld = Pick<World, "env" | "signal">;

/** Opens a lexical model; nothing where another is named. */
export function openLexical(choice: RepositoryOptions & VectorOptions): LexicalModel | undefined {
  if (choice.model !== lexical) return undefined;
  const { prompts, dimensions, quantize } = choice;
  refuse({ prompts, dimensions, quantize }, "for models that make vectors", lexical);
  refuseRepositoryOptions(choice, lexical);
  return createBm25();
}

/**
 * Opens a model that is no repository: one behind an address, or vectors in a folder; nothing where another is named.
 * @throws UsageError for what makes no vectors, and for options that say how a repository runs
 */
export async function openAdapter(
  model: string,
  options: RepositoryOptions,
  { env, signal }: AdapterWorld,
): Promise<Encoder | undefined> {
  if (model === lexical) {
    throw new UsageError(
      `--model ${lexical} ranks documents and makes no vectors; \`pramana run\` takes it for retrieval and reranking`,
    );
  }
  if (isAddress(model)) {
    const { url } = await asUsage(() => parseEndpoint(model));
    refuseRepositoryOptions(options, "a model behind an address");
    return openEndpoint(model, { key: keyFor(new URL(url), env) }, signal);
  }
  const folder = precomputedFolder(model);
  if (folder !== undefined) {
    refuseRepositoryOptions(options, "vectors from a folder");
    return asUsage(() => openPrecomputed(folder));
  }
  return undefined;
}

/** The folder of vectors that a model's name stands for; nothing where it stands for something else. */
export const precomputedFolder = (model: string): string | undefined =>
  model.startsWith(precomputed) ? model.slice(precomputed.length) : undefined;

function refuseRepositoryOptions(options: RepositoryOptions, what: string): void {
  const { revision, precision, onnx, modelConfig, maxTokens } = options;
  const given = { revision, precision, onnx: onnx || undefined, "model-config": modelConfig, "max-tokens": maxTokens };
  refuse(given, "for repositories", what);
}

function refuse(options: Readonly<Record<string, unknown>>, whom: string, what: string): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  const named = given.map((name) => `--${name}`).join(" and ");
  throw new UsageError(`${named}: only ${whom}, not for ${what}; leave it out`);
}

/** The key for an address. OpenAI's own goes to OpenAI, and to this machine, where a proxy may want it. */
function keyFor({ origin, hostname }: URL, env: World["env"]): string | undefined {
  const key = env["PRAMANA_API_KEY"]?.trim();
  if (key) return key;
  const mayHave = origin === "https://api.openai.com" || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return (mayHave && env["OPENAI_API_KEY"]?.trim()) || undefined;
}
