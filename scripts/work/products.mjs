/** ONNX Runtime's profile of a session: the nodes that ran, and the multiply-adds of their operators from its shapes. */

/** Reads the nodes that ran from a profile, once for each run, with their microseconds. */
export function nodesIn(profile) {
  const dims = (tensors) => tensors.map((tensor) => Object.values(tensor)[0] ?? []);
  return JSON.parse(profile)
    .filter(({ cat, name }) => cat === "Node" && name.endsWith("_kernel_time"))
    .map(({ dur, args }) => ({
      index: args.node_index,
      type: args.op_name,
      micros: dur,
      inputs: dims(args.input_type_shape),
      outputs: dims(args.output_type_shape),
      bytes: Number(args.output_size),
      peak: Number(args.mem_in_use_peak),
    }));
}

const size = (dims) => dims.reduce((product, dim) => product * dim, 1);

/** a · b or a · bᵀ, also of weights that were packed and have no shape any more: the first factor's last dimension is summed. */
const product = ([a], [made]) => size(made) * a.at(-1);

/** Scores of [texts, queries, width] and keys, and the mean of values by them. */
const attention = ([q, k]) => 2 * size(q) * k.at(1);

const formulas = {
  MatMul: product,
  FusedMatMul: product,
  Gemm: product,
  MatMulInteger: product,
  MatMulIntegerToFloat: product,
  DynamicQuantizeMatMul: product,
  MatMulNBits: product,
  Attention: attention,
};

/** Names of operators that hold products. */
const looksLikeProduct = /MatMul|Gemm|Gemv|Attention|Conv|Einsum|LSTM|GRU|RNN/;

/**
 * Returns the multiply-adds of a node that ran; 0 for one that makes no product.
 * @throws Error for a product that there is no formula for: it would count as nothing
 */
export function multiplyAdds(type, inputs, outputs) {
  const formula = formulas[type];
  if (formula !== undefined) return formula(inputs, outputs);
  if (!looksLikeProduct.test(type)) return 0;
  throw new Error(`work: ${type} may be a product, and scripts/work/products.mjs has no formula for it; add one`);
}
