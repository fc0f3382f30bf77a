/** What a server does in another way than the model's own weights and settings; each cause, and what mends it. */
export const causes = {
  prompt: "see which prompt the server puts before texts, and whether clients put it, too",
  pooling: "set the server's pooling to the model's own (1_Pooling/config.json)",
  dense: "the server leaves out a layer behind the pooling; take one that reads modules.json",
  normalization: "set whether the server normalizes, or compare by the cosine",
  dimensions: "ask the server for as many dimensions as it is held against, or name others with --dimensions",
  truncation: "set the server's longest input to the model's own",
  "long texts": "let the server cut long texts (of TEI --auto-truncate), or keep texts shorter",
  tokenizer: "give the server the tokenizer files of this revision, and no changes of texts before them",
  precision: "none is needed; --precision fp32 of the server, if it has one, spares it",
  weights: "see which revision the server loaded, and whether it quantizes",
  model: "see which model the server loaded",
  batch: "the server's padding leaks into other texts; send texts alone until it is mended",
  order: "the server mixes up the texts of a request; do not use it until it is mended",
  chance: "the server has dropout or sampling on; put the model into evaluation mode",
  answers: "see the server's log",
} as const;

export type Cause = keyof typeof causes;

export interface Finding {
  readonly cause: Cause;
  /** What is different, for people. */
  readonly told: string;
  /** True where vectors or rankings are not those of the model; otherwise it is good to know, and harmless. */
  readonly harmful: boolean;
}

/** Distances (1 less the cosine) up to which vectors are those of the weights, rounded; see docs/certify.md. */
export const rounding = {
  /** Single precision: other processors, other kernels, other batches. */
  fp32: 1e-8,
  /** Half precision with ten bits, that of fp16 and TF32. */
  fp16: 1e-5,
  /** Half precision with seven bits. */
  bf16: 2e-3,
  /** Whatever quantization: never more than this, and not beyond a few times what int8 does to the model at hand. */
  quantized: 0.03,
} as const;
