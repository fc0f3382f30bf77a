import { kindOf } from "./module.ts";

/** Modules of sentence-transformers that are not read, and what they are. Source: its sources, versions 2 to 6.2. */
const others: Readonly<Record<string, string>> = {
  Router: "a Router within a Router's route",
  Asym: "a Router within a Router's route",
  BoW: "a bag of words, with a value for each word of its vocabulary",
  CNN: "a convolution over the vectors of words",
  LSTM: "a recurrent network over the vectors of words",
  WordWeights: "a weight for each word, such as its rarity",
  CLIPModel: "a model of images and texts",
  MLMTransformer: "a part of a sparse encoder, with a value for each token of its vocabulary",
  SpladePooling: "a part of a sparse encoder, with a value for each token of its vocabulary",
  SparseStaticEmbedding: "a part of a sparse encoder, with a value for each token of its vocabulary",
  SparseAutoEncoder: "a part of a sparse encoder, which keeps the largest values of a wide vector",
  MultiVectorMask: "a part of a model of late interaction, with a vector for each token",
  TokenPooling: "a part of a model of late interaction, with a vector for each token",
  LogitScore: "a part of a cross-encoder, which scores pairs of texts",
};

/** Describes a module that is known and not read; undefined where it is none of sentence-transformers' own. */
export function otherModule(type: string): string | undefined {
  const kind = kindOf(type);
  return type.startsWith("sentence_transformers.") && Object.hasOwn(others, kind) ? others[kind] : undefined;
}
