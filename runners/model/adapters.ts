import { asUsage, UsageError } from "../../datasets/errors.ts";
import { hashFolder } from "../../datasets/folder.ts";
import { flagOf } from "../../datasets/shown.ts";
import { isAddress, parseEndpoint } from "../../models/endpoint/address.ts";
import type { Part } from "../../models/hybrid.ts";
import { lexicalName } from "../../models/lexical/names.ts";
import type { Model } from "../../models/model.ts";
import type { RepositoryKind } from "../../models/repository/kind.ts";
import type { ConfigValues } from "../../models/repository/known-configs.ts";
import type { Precision } from "../../models/runtime/precision.ts";
import type { Quantization } from "../../models/variants/quantization.ts";
import type { World } from "../world.ts";

const precomputed = "precomputed:";

/** Options that only repositories take. */
export interface RepositoryOptions {
  /** Branch, tag or commit on the Hub. Default: `main`. */
  readonly revision?: string;
  /** In place of the kind that its files tell. */
  readonly kind?: RepositoryKind;
  /** Precision that the model computes in. */
  readonly precision?: Precision;
  /** Run the ONNX file that the repository ships, not its weights. Default: false. */
  readonly onnx?: boolean;
  /** Values put over those of the model's `config.json`. */
  readonly modelConfig?: ConfigValues;
  /** Longest input in tokens, a whole number above 0, in place of the repository's. */
  readonly maxTokens?: number;
}

/** Options that only models that make vectors take. */
export interface VectorOptions {
  /** Values that vectors are cut to, from 1 to as many as they have. All where it is absent. */
  readonly dimensions?: number;
  /** What values become before they are scored. Float32 where it is absent. */
  readonly quantize?: Quantization;
}

/**
 * Opens a model that is no repository: the lexical one, one behind an address, or vectors in a folder; nothing where
 * another is named.
 * @throws UsageError for options that only repositories take
 */
export async function openAdapter(
  model: string,
  options: RepositoryOptions,
  { env, signal }: Pick<World, "env" | "signal">,
): Promise<Part | undefined> {
  refuseRepositoryOptions(model, options);
  if (model === lexicalName) {
    const { createBm25 } = await import("../../models/lexical/index.ts");
    return createBm25();
  }
  if (isAddress(model)) {
    const { url } = await asUsage(() => parseEndpoint(model));
    const { openEndpoint } = await import("../../models/endpoint/index.ts");
    return openEndpoint(model, { key: endpointKey(url, env) }, signal);
  }
  const folder = precomputedFolder(model);
  if (folder !== undefined) {
    const { openPrecomputed } = await import("../../models/precomputed/index.ts");
    return asUsage(() => openPrecomputed(folder));
  }
  return undefined;
}

/** Tells whether a model's name stands for a repository or a folder of one. */
export const isRepository = (model: string): boolean =>
  model !== lexicalName && !isAddress(model) && precomputedFolder(model) === undefined;

/** @throws UsageError for a model that is no repository */
export function requireRepository(model: string): void {
  if (isRepository(model)) return;
  throw new UsageError(
    `model: ${model} is no repository (docs/adapters.md says what it is); name a repository on the Hub, or a folder`,
  );
}

/** Returns the folder of vectors that a model's name stands for; nothing where it stands for something else. */
export const precomputedFolder = (model: string): string | undefined =>
  model.startsWith(precomputed) ? model.slice(precomputed.length) : undefined;

/**
 * Hashes vectors made elsewhere, whose revision may be anything that their maker says; returns nothing for other models.
 * The revision of a model in a folder is a hash of its files already.
 */
export async function hashModelFiles(
  models: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const folders = models.flatMap((model) => precomputedFolder(model) ?? []);
  const hashes = await Promise.all(folders.map((folder) => hashFolder(folder, signal)));
  return hashes.length === 0 ? {} : { model: hashes.join(" ") };
}

/** @throws UsageError for given options that only repositories take, of a model that is none */
export function refuseRepositoryOptions(model: string, options: RepositoryOptions): void {
  if (isRepository(model)) return;
  const what =
    model === lexicalName ? lexicalName : isAddress(model) ? "a model behind an address" : "vectors from a folder";
  const { revision, kind, precision, onnx, modelConfig, maxTokens } = options;
  refuse({ revision, kind, precision, onnx: onnx || undefined, modelConfig, maxTokens }, "for repositories", what);
}

/** @throws UsageError for given options that only models that make vectors take, of a model of another kind */
export function refuseVectorOptions(given: VectorOptions & { readonly prompts?: string }, { info }: Model): void {
  const { prompts, dimensions, quantize } = given;
  refuse({ prompts, dimensions, quantize }, "for models that make vectors", info.id);
}

function refuse(options: Readonly<Record<string, unknown>>, whom: string, what: string): void {
  const given = Object.keys(options).filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new UsageError(`${given.map(flagOf).join(" and ")}: only ${whom}, not for ${what}; leave it out`);
}

/** Returns the key for an address. OpenAI's own goes to OpenAI, and to this machine, where a proxy may want it. */
export function endpointKey(url: string, env: World["env"]): string | undefined {
  const { origin, hostname } = new URL(url);
  const key = env["PRAMANA_API_KEY"]?.trim();
  if (key) return key;
  const mayHave = origin === "https://api.openai.com" || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return (mayHave && env["OPENAI_API_KEY"]?.trim()) || undefined;
}
