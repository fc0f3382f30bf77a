import { plainKernels } from "../../../models/testing/plain-kernels.ts";
import type { Embed, VectorContext } from "../../task.ts";

/** The context of a model whose vectors come from `embed`: cosine similarity, and nothing is quantized or shown. */
export const vectorContext = (embed: Embed, choices: Partial<VectorContext> = {}): VectorContext => ({
  kind: "vectors",
  embed,
  calibrate: async () => {},
  similarity: "cosine",
  announce: () => {},
  estimator: "official",
  kernels: plainKernels,
  ...choices,
});
