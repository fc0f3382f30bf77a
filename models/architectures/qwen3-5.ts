import { z } from "zod";
import { limits } from "../../datasets/limits.ts";
import { activateByName } from "../graph/activations.ts";
import { type AttentionMask, attend } from "../graph/attention.ts";
import { fullPrecision, type GraphBuilder } from "../graph/builder.ts";
import { linear, linearOf } from "../graph/layers.ts";
import { rmsNorm, rmsNormOf, shiftedRmsNormOf } from "../graph/rms-norm.ts";
import { partialRopeFields, type RopeTables, rotate } from "../graph/rope.ts";
import { parseConfig } from "../repository/config.ts";
import type { Weights } from "../repository/weights.ts";
import type { Architecture } from "./architecture.ts";
import { normHeads, slidingProducts } from "./blocks.ts";
import { addDecoder, checkLayerTypes, decoderFields } from "./decoder.ts";

const heads = z.int().positive().max(limits.width);

const configSchema = z
  .object({
    ...decoderFields,
    ...partialRopeFields,
    partial_rotary_factor: partialRopeFields.partial_rotary_factor.unwrap().default(0.25),
    num_key_value_heads: heads.default(4),
    head_dim: heads.default(256),
    attention_bias: z.boolean().default(false),
    attn_output_gate: z.literal(true).optional(),
    linear_conv_kernel_dim: z.int().positive().max(limits.layers).default(4),
    linear_key_head_dim: heads.default(128),
    linear_value_head_dim: heads.default(128),
    linear_num_key_heads: heads.default(16),
    linear_num_value_heads: heads.default(32),
    layer_types: z.array(z.enum(["full_attention", "linear_attention"])).nullish(),
    full_attention_interval: z.int().positive().default(4),
  })
  .refine((config) => config.linear_num_value_heads % config.linear_num_key_heads === 0, {
    path: ["linear_num_value_heads"],
    error: "must be a multiple of linear_num_key_heads",
  });
type Config = z.infer<typeof configSchema>;

/**
 * Qwen3.5, text only (Qwen Team 2026; transformers' Qwen3_5TextModel): layers of linear attention by the gated delta
 * rule (Yang et al. 2024), which look only back, between layers of attention whose output has a gate.
 */
export const qwen35: Architecture = {
  modelTypes: ["qwen3_5_text"],
  build: (graph, rawConfig, weights, inputs) => {
    const config = parseConfig("qwen3_5_text", configSchema, rawConfig);
    const { layer_types: types, num_hidden_layers: layers, full_attention_interval: interval } = config;
    checkLayerTypes("qwen3_5_text", types, layers);
    const isLinear = (i: number): boolean => (types ? types[i] === "linear_attention" : (i + 1) % interval !== 0);
    return addDecoder(graph, weights, inputs, config, {
      family: "qwen3_5_text",
      biases: { inputs: config.attention_bias, output: config.attention_bias, gated: false },
      windows: Array(layers).fill(undefined),
      shiftedNorms: true,
      mix: (x, i, tables, visible) =>
        isLinear(i)
          ? deltaRule(graph, config, weights, `layers.${i}.linear_attn`, x, inputs.mask)
          : gatedAttention(graph, config, weights, `layers.${i}.self_attn`, x, tables, visible),
    });
  },
};

/** Attention of x, [batch, tokens, hidden], over itself; each head of queries is stored with its gate behind it. */
function gatedAttention(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  name: string,
  x: string,
  tables: RopeTables,
  visible: AttentionMask,
): string {
  const { hidden_size: hidden, head_dim: headDim, num_attention_heads: queries, num_key_value_heads: keys } = config;
  const part = (which: string, width: number): string =>
    linear(graph, x, linearOf(graph, weights, `${name}.${which}`, [width, hidden], config.attention_bias));
  const rotated = (projected: string, which: string, count: number): string => {
    const norm = shiftedRmsNormOf(graph, weights, `${name}.${which}`, headDim, config.rms_norm_eps);
    return rotate(graph, normHeads(count, headDim)(graph, projected, norm), tables, count);
  };
  const both = graph.op("Reshape", [
    part("q_proj", 2 * queries * headDim),
    graph.integers([0, 0, queries, 2 * headDim]),
  ]);
  const [query, gate] = graph
    .outputs("Split", [both], [0, 1], { axis: 3, num_outputs: 2 })
    .map((half) => graph.op("Reshape", [half, graph.integers([0, 0, queries * headDim])]));
  const q = rotated(query, "q_norm", queries);
  const k = rotated(part("k_proj", keys * headDim), "k_norm", keys);
  const v = part("v_proj", keys * headDim);
  const attended = attend(graph, [q, k, v], { queries, keys, scale: headDim ** -0.5 }, visible);
  const opened = graph.op("Mul", [attended, graph.op("Sigmoid", [gate])]);
  const output = [hidden, queries * headDim] as const;
  return linear(graph, opened, linearOf(graph, weights, `${name}.o_proj`, output, config.attention_bias));
}

/**
 * Linear attention by the gated delta rule: a state that decays, and that each token corrects by what it does not yet
 * hold. The state is kept in single precision, as in the reference.
 */
function deltaRule(
  graph: GraphBuilder,
  config: Config,
  weights: Weights,
  name: string,
  x: string,
  mask: string,
): string {
  const { hidden_size: hidden, linear_num_key_heads: keys, linear_num_value_heads: values } = config;
  const { linear_key_head_dim: keyDim, linear_value_head_dim: valueDim, linear_conv_kernel_dim: taps } = config;
  const exact = graph.in(fullPrecision);
  const inFull = (value: string): string => (graph.format.float === "float" ? value : exact.asFloat(value));
  const part = (which: string, width: number): string =>
    linear(graph, x, linearOf(graph, weights, `${name}.${which}`, [width, hidden], false));
  const width = 2 * keys * keyDim + values * valueDim;
  const shape = { width, taps, before: taps - 1 };
  const mixed = slidingProducts(graph, weights, `${name}.conv1d`, part("in_proj_qkv", width), shape, mask);
  const activated = inFull(activateByName(graph, config.hidden_act, mixed));
  const sizes = exact.integers([keys * keyDim, keys * keyDim, values * valueDim]);
  const [query, key, value] = exact.outputs("Split", [activated, sizes], [0, 1, 2], { axis: 2 });
  const forValues = (one: string): string => eachAsUnit(exact, one, { keys, keyDim, times: values / keys });
  const head = (which: string): string => exact.weight(weights.tensor(`${name}.${which}`, [values]));
  const rate = exact.op("Neg", [exact.op("Exp", [head("A_log")])]);
  const step = exact.op("Softplus", [exact.op("Add", [inFull(part("in_proj_a", values)), head("dt_bias")])]);
  const decay = exact.op("Mul", [rate, step]);
  const beta = exact.op("Sigmoid", [inFull(part("in_proj_b", values))]);
  const inputs = [forValues(query), forValues(key), value, "", decay, beta];
  // The operator demands a place for the last state, too.
  const [found] = exact.outputs("LinearAttention", inputs, [0, 1], {
    q_num_heads: values,
    kv_num_heads: values,
    update_rule: "gated_delta",
  });
  const attended = graph.format.float === "float" ? found : graph.asFloat(found);
  const norm = rmsNormOf(graph, weights, `${name}.norm`, valueDim, config.rms_norm_eps);
  const normed = normHeads(values, valueDim)(graph, attended, norm);
  const gate = activateByName(graph, "silu", part("in_proj_z", values * valueDim));
  const output = linearOf(graph, weights, `${name}.out_proj`, [hidden, values * valueDim], false);
  return linear(graph, graph.op("Mul", [normed, gate]), output);
}

/** Added to the square of a length by which a head is divided. */
const smallest = 1e-6;

/** Divides each head by its length, and repeats it for the heads of values that it serves. */
function eachAsUnit(
  graph: GraphBuilder,
  x: string,
  { keys, keyDim, times }: { readonly keys: number; readonly keyDim: number; readonly times: number },
): string {
  const apart = graph.op("Reshape", [x, graph.integers([0, 0, keys, 1, keyDim])]);
  // x / √(Σ x² + ε) by the operator for x / √(mean of x² + ε) · scale.
  const scale = graph.floats(Array<number>(keyDim).fill(keyDim ** -0.5));
  const unit = rmsNorm(graph, apart, { scale, epsilon: smallest / keyDim });
  const repeated = graph.op("Expand", [unit, graph.integers([1, 1, keys, times, keyDim])]);
  return graph.op("Reshape", [repeated, graph.integers([0, 0, keys * times * keyDim])]);
}
