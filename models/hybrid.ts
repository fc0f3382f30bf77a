import type { CrossEncoder } from "./cross-encoder.ts";
import type { Encoder, ModelInfo } from "./encoder.ts";
import { joinRevisions } from "./joined-revision.ts";
import type { LateInteraction } from "./late-interaction.ts";
import type { LexicalModel } from "./lexical/lexical-model.ts";
import type { SparseEncoder } from "./sparse-encoder.ts";

/**
 * How several rankings become one: by the sum of 1 / (constant + rank), or of scores that are brought to 0 to 1 between the
 * least and the greatest of a list.
 */
export type FusionRule = { readonly method: "rrf"; readonly constant: number } | { readonly method: "minmax" };

/** A rule with the weight of each ranking in the sum. */
export interface Fusion {
  readonly rule: FusionRule;
  /** One for each ranking; absent where all weigh the same. */
  readonly weights?: readonly number[];
}

/** Facts about a model whose rankings are fused of several. */
export interface HybridInfo extends ModelInfo {
  readonly fusion: Fusion;
}

/** Models each of which ranks, and whose rankings are fused into one. */
export interface Hybrid {
  readonly kind: "hybrid";
  readonly info: HybridInfo;
  readonly parts: readonly Part[];
  close(): Promise<void>;
}

/** A single model, which may be one of a hybrid's. */
export type Part = Encoder | LexicalModel | CrossEncoder | SparseEncoder | LateInteraction;

/** Returns the variant of a row's name: `fusion=rrf,k=60`, with weights `fusion=minmax,weights=0.7+0.3`. */
const fusionVariant = ({ rule, weights }: Fusion): string =>
  [
    `fusion=${rule.method}`,
    ...(rule.method === "rrf" ? [`k=${rule.constant}`] : []),
    ...(weights === undefined ? [] : [`weights=${weights.join("+")}`]),
  ].join(",");

/**
 * Joins models into one that ranks by all of them: `A+B[fusion=rrf,k=60]`. Its revision is a hash of theirs, its parameters
 * are those of all, its token limit is the least. Closing it closes all. Source: mteb 2.26 `HybridSearch`.
 *
 * @param parts at least two
 */
export function fuseModels(parts: readonly Part[], fusion: Fusion): Hybrid {
  const infos = parts.map(({ info }) => info);
  return {
    kind: "hybrid",
    info: {
      id: `${infos.map(({ id }) => id).join("+")}[${fusionVariant(fusion)}]`,
      revision: joinRevisions(infos.map(({ revision }) => revision)),
      maxTokens: Math.min(...infos.map(({ maxTokens }) => maxTokens)),
      parameters: infos.reduce((sum, { parameters }) => sum + parameters, 0),
      precision: precisionOf(infos),
      // Where only some parts run elsewhere than on the processor, that is what there is to say.
      device: infos.find(({ device }) => device !== "cpu")?.device ?? "cpu",
      threads: Math.max(...infos.map(({ threads }) => threads)),
      fusion,
    },
    parts,
    close: async () => void (await Promise.all(parts.map((part) => part.close()))),
  };
}

/** Returns the precision of all parts that have weights; unknown where they differ. */
function precisionOf(parts: readonly ModelInfo[]): ModelInfo["precision"] {
  const weighty = parts.filter(({ parameters }) => parameters !== 0);
  const precisions = new Set((weighty.length > 0 ? weighty : parts).map(({ precision }) => precision));
  const [first] = precisions;
  return precisions.size === 1 ? first : "unknown";
}
