import { plainKernels } from "../../../models/testing/plain-kernels.ts";
import type { Embed, VectorContext } from "../../task.ts";

/** Makes the context of a model with vectors from `embed` and cosine similarity; nothing is quantized or shown. */
export const vectorContext = (embed: Embed, choices: Partial<VectorContext> = {}): VectorContext => ({
  kind: "vectors",
  embed,
  calibrate: async () => {},
  similarity: "cosine",
  announce: () => {},
  backend: "official",
  kernels: plainKernels,
  ...choices,
});
