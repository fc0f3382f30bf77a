import { InputError } from "../../datasets/errors.ts";
import type { StoredTensor } from "../repository/safetensors.ts";
import type { Weights } from "../repository/weights.ts";
import type { GraphBuilder } from "./builder.ts";
import type { ElementType } from "./onnx.ts";
import { pool } from "./pooling.ts";

/** Values of the graph that a table of vectors gives. */
interface Looked {
  /** [batch, tokens, tokenWidth] */
  readonly tokens: string;
  readonly tokenWidth: number;
  readonly parameters: number;
}

/** Types of the numbers of a table that torch takes for weights. */
const floatTypes: readonly ElementType[] = ["double", "float", "float16", "bfloat16"];

/**
 * Adds a table of token vectors, whose mean is a text's vector, zeros without tokens (torch's EmbeddingBag). In
 * model2vec's form, `mapping` [ids] names the row of a token, and `weights` [ids] what its vector is multiplied by.
 */
export function addStaticEmbedding(
  graph: GraphBuilder,
  weights: Weights,
  id: string,
  ids: string,
  mask: string,
): Looked & { readonly sentence: string; readonly width: number } {
  const own = weights.has("embedding.weight");
  const table = weights.tensor(own ? "embedding.weight" : "embeddings");
  const optional = (name: string) => (!own && weights.has(name) ? weights.tensor(name) : undefined);
  const [mapping, factors] = [optional("mapping"), optional("weights")];
  weights.check();
  const wrong = [
    ...(table.dims.length === 2 && (factors || floatTypes.includes(table.type)) ? [] : [table]),
    ...(!mapping || (mapping.dims.length === 1 && /^u?int/.test(mapping.type)) ? [] : [mapping]),
    ...(!factors || (factors.dims.length === 1 && floatTypes.includes(factors.type)) ? [] : [factors]),
  ].map(({ name, type, dims }) => `${name} is ${type} [${dims}]`);
  if (wrong.length > 0) {
    throw new InputError(
      `model: ${id} is not understood as static embeddings: ${wrong.join(", ")}; expected are a table of floats [rows, width], and beside it at most integers called mapping [ids] and floats called weights [ids]`,
    );
  }
  const rows = mapping ? graph.op("Gather", [graph.indices(mapping), ids]) : ids;
  const gathered = graph.op("Gather", [graph.weight(table), rows]);
  const factor = (of: StoredTensor): string =>
    graph.op("Unsqueeze", [graph.op("Gather", [graph.weight(of), ids]), graph.integers([2])]);
  const tokens = factors ? graph.op("Mul", [gathered, factor(factors)]) : gathered;
  const [, width] = table.dims;
  const sentence = pool(graph, ["mean"], tokens, mask);
  return { tokens, tokenWidth: width, sentence, width, parameters: weights.parameters };
}

/** Name of the table of words in its file. */
export const wordTable = "emb_layer.weight";

/** Adds a table of words, a vector for each. */
export function addWords(graph: GraphBuilder, weights: Weights, id: string, ids: string): Looked {
  const table = weights.tensor(wordTable);
  weights.check();
  if (table.dims.length !== 2 || !floatTypes.includes(table.type)) {
    throw new InputError(
      `model: ${id} is not understood as a table of words: ${table.name} is ${table.type} [${table.dims}]; expected are floats [words, width]`,
    );
  }
  const tokens = graph.op("Gather", [graph.weight(table), ids]);
  return { tokens, tokenWidth: table.dims[1], parameters: weights.parameters };
}
