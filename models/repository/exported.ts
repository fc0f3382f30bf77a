import type { Module } from "./module.ts";

/** Modules that make something else than one dense vector of a text. */
const otherwise: readonly Module["type"][] = [
  "MultiVector",
  "SpladePooling",
  "SparseStaticEmbedding",
  "SparseAutoEncoder",
];

/** Tells whether `--onnx` may run an exported model in place of a Transformer's weights: for dense vectors of texts. */
export const takesExported = (modules: readonly Module[]): boolean =>
  modules.some((module) => module.type === "Transformer" && !module.pairs) &&
  !modules.some(({ type }) => otherwise.includes(type));
