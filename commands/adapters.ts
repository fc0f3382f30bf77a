import type { Encoder } from "../models/encoder.ts";
import { isAddress, parseEndpoint } from "../models/endpoint/address.ts";
import { openEndpoint } from "../models/endpoint/index.ts";
import { createBm25 } from "../models/lexical/index.ts";
import { openPrecomputed } from "../models/precomputed/index.ts";
import type { Ranker } from "../models/ranker.ts";
import { asUsage, type Terminal, UsageError } from "./terminal.ts";

const lexical = "bm25";
const precomputed = "precomputed:";

/** Which model, and what is said of how a repository runs. */
export interface AdapterChoice {
  readonly model: string;
  readonly revision?: string;
  readonly onnx?: boolean;
}

/** What of the world an adapter reaches. */
export type AdapterWorld = Pick<Terminal, "env" | "signal">;

/** Opens a model that ranks without vectors; nothing where another is named. */
export function openRanker(choice: AdapterChoice): Ranker | undefined {
  if (choice.model !== lexical) return undefined;
  refuseOptions(choice, lexical);
  return createBm25();
}

/**
 * Opens a model that is no repository: one behind an address, or vectors in a folder; nothing where another is named.
 * @throws UsageError for what makes no vectors, and for options that say how a repository runs
 */
export async function openAdapter(choice: AdapterChoice, { env, signal }: AdapterWorld): Promise<Encoder | undefined> {
  const { model } = choice;
  if (model === lexical) {
    throw new UsageError(
      `--model ${lexical} ranks documents and makes no vectors; \`pramana run\` takes it for retrieval and reranking`,
    );
  }
  if (isAddress(model)) {
    const { url } = await asUsage(() => parseEndpoint(model));
    refuseOptions(choice, "a model behind an address");
    return openEndpoint(model, { key: keyFor(new URL(url), env) }, signal);
  }
  if (model.startsWith(precomputed)) {
    refuseOptions(choice, "vectors from a folder");
    return asUsage(() => openPrecomputed(model.slice(precomputed.length)));
  }
  return undefined;
}

function refuseOptions({ revision, onnx }: AdapterChoice, what: string): void {
  const given = [...(revision === undefined ? [] : ["--revision"]), ...(onnx ? ["--onnx"] : [])];
  if (given.length > 0)
    throw new UsageError(`${given.join(" and ")}: only for repositories, not for ${what}; leave it out`);
}

/** The key for an address. OpenAI's own goes to OpenAI, and to this machine, where a proxy may want it. */
function keyFor({ origin, hostname }: URL, env: Terminal["env"]): string | undefined {
  const key = env["PRAMANA_API_KEY"]?.trim();
  if (key) return key;
  const mayHave = origin === "https://api.openai.com" || /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  return (mayHave && env["OPENAI_API_KEY"]?.trim()) || undefined;
}
