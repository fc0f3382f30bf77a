import { InputError } from "../../datasets/errors.ts";
import type { Protocol, SpecOf } from "../task.ts";
import { describeRanking } from "./describe-ranking.ts";
import { inspectRanking, materialOfRanking } from "./inspect-ranking.ts";
import { limitRanking } from "./limit-ranking.ts";
import { evaluateRanking } from "./retrieval.ts";
import { type RankingRows, readRankingRows } from "./retrieval-rows.ts";

/**
 * Reranking: how well a model ranks the candidates of each query. Source: mteb 2.26 `AbsTaskRetrieval` with
 * `top_ranked`, `MindSmallReranking`.
 */
type RerankingTask = SpecOf<"Reranking" | "InstructionReranking">;

export const rerankingProtocol: Protocol<RerankingTask, RankingRows, "ranking"> = Object.freeze({
  async read(task, subset, split, dataset) {
    const rows = await readRankingRows(task, subset, split, dataset);
    if (rows.candidates !== undefined) return rows;
    const config = subset === "default" ? "top_ranked" : `${subset}-top_ranked`;
    throw new InputError(
      `task ${task.name}: data set ${dataset.id} has no config "${config}" with each query's candidates; its configs ` +
        `are ${dataset.configs.join(", ")}; without candidates the task would be one of retrieval`,
    );
  },
  limit: limitRanking,
  inspect: inspectRanking,
  material: materialOfRanking,
  describe: describeRanking,
  evaluate: evaluateRanking,
} satisfies Protocol<RerankingTask, RankingRows, "ranking">);
