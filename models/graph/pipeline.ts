import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { addHead, addPooler } from "../architectures/heads.ts";
import { architectureOf } from "../architectures/index.ts";
import { addVocabularyHead } from "../architectures/vocabulary-heads.ts";
import { isKnownClass, ownClassOf } from "../repository/config.ts";
import { takesExported } from "../repository/exported.ts";
import { openModuleWeights } from "../repository/lora-weights.ts";
import type { Module } from "../repository/repository.ts";
import type { Weights } from "../repository/weights.ts";
import { activateByClass } from "./activations.ts";
import {
  type AttentionScope,
  createGraph,
  type Format,
  fullPrecision,
  type GraphBuilder,
  type Lowerings,
  type SerializedGraph,
} from "./builder.ts";
import { affineOf, layerNorm, linear, linearOf } from "./layers.ts";
import { normalize } from "./normalize.ts";
import { pool } from "./pooling.ts";
import { addAutoEncoder, addSparseStatic, addSplade, type Vocabulary } from "./sparse.ts";
import { addStaticEmbedding, addWords } from "./tables.ts";
import { adapterInput } from "./task-adapters.ts";

/** Names of a graph's inputs and its output. */
export const names = {
  ids: "input_ids",
  mask: "attention_mask",
  /** 1 for a token of a pair's second text, else 0. */
  types: "token_type_ids",
  /** The mask without the prompt's tokens; declared only where pooling leaves the prompt out. */
  poolingMask: "pooling_mask",
  /** The number of the adapter, where there are several. */
  adapter: adapterInput,
  /** Token embeddings of another model, in place of ids. */
  tokens: "token_embeddings",
  embedding: "sentence_embedding",
} as const;

/** PyTorch's default of nn.LayerNorm, which sentence-transformers' LayerNorm keeps. */
const layerNormEpsilon = 1e-5;

/** A serialized model. */
interface EncoderGraph extends SerializedGraph {
  /** Length of a vector. */
  readonly dims: number;
  /** Number of weights. */
  readonly parameters: number;
  /** As in `GraphBuilder`. */
  readonly scopes: readonly AttentionScope[];
}

interface WriteOptions {
  readonly format?: Format;
  /** Operators that the device lacks. */
  readonly lowerings?: Lowerings | undefined;
  readonly tokenWidth?: number;
  /** Opens the weights of a module; `openModuleWeights` where absent. */
  readonly open?: typeof openModuleWeights;
  /** Called with what the user should know and need not act on. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Values of the graph after a module. */
interface State {
  /** [batch, tokens, tokenWidth] */
  readonly tokens?: string;
  /** 0 where there are no tokens. */
  readonly tokenWidth: number;
  /** Hidden states, [batch, tokens, tokenWidth] each, where the Transformer gives those of all layers. */
  readonly layers?: readonly string[];
  /** True where the tokens are words. */
  readonly words?: true;
  /** In place of tokens, of a Transformer with a masked-language head. */
  readonly vocabulary?: Vocabulary;
  /** [batch, width], or where tokens are rows [batch · tokens, width] */
  readonly sentence?: string;
  /** Of the sentence or the vocabulary; 0 where there is neither. */
  readonly width: number;
  readonly parameters: number;
}

/**
 * Writes the graph of all modules, from token ids to vectors [batch, dims], or of each token [batch · tokens, dims],
 * pooling and normalization inside. With `tokenWidth` it leaves the Transformer out, and starts from an exported model's
 * token embeddings of that width.
 * @throws InputError when a module, config value or tensor is not understood
 */
export async function writeEncoderGraph(
  snapshot: Snapshot,
  modules: readonly Module[],
  { format = fullPrecision, lowerings, tokenWidth, open = openModuleWeights, warn = () => {} }: WriteOptions = {},
): Promise<EncoderGraph> {
  const graph = createGraph(lowerings);
  const mask = graph.input(names.mask, "int32", ["batch", "tokens"]);
  const withoutPrompt = modules.some((module) => module.type === "Pooling" && !module.includePrompt);
  const poolingMask = withoutPrompt ? graph.input(names.poolingMask, "int32", ["batch", "tokens"]) : mask;
  const exportable = takesExported(modules);
  const openFor: Context["openFor"] = (module) => open(snapshot, module, exportable);
  const context = { graph, snapshot, mask, poolingMask, format, openFor, exportable, warn };
  let state: State = { tokenWidth: 0, width: 0, parameters: 0 };
  if (tokenWidth !== undefined) {
    const tokens = graph.input(names.tokens, "float", ["batch", "tokens", tokenWidth]);
    state = { ...state, tokens, tokenWidth };
  }
  for (const module of modules) {
    if (module.type !== "Transformer" || tokenWidth === undefined) state = await addModule(context, module, state);
  }
  if (state.sentence === undefined)
    throw new InputError(`model: ${snapshot.id} has no module that makes one vector of a text`);
  const ofTokens = modules.some(({ type }) => type === "MultiVector");
  graph.output(state.sentence, names.embedding, [ofTokens ? "rows" : "batch", state.width]);
  const { width: dims, parameters } = state;
  return { ...(await graph.serialize()), dims, parameters, scopes: [...graph.scopes.values()] };
}

interface Context {
  readonly graph: GraphBuilder;
  readonly snapshot: Snapshot;
  readonly mask: string;
  readonly poolingMask: string;
  /** Format of the Transformer. */
  readonly format: Format;
  readonly openFor: (module: Parameters<typeof openModuleWeights>[1]) => Promise<Weights>;
  readonly exportable: boolean;
  readonly warn: (text: string) => void;
}

async function addModule(context: Context, module: Module, state: State): Promise<State> {
  const { graph, snapshot, mask, poolingMask, openFor } = context;
  const needs = <Value>(value: Value | undefined, what: string): Value => {
    if (value !== undefined) return value;
    throw new InputError(
      `model: ${snapshot.id}: its module ${module.type} needs ${what}, which no module before it makes`,
    );
  };
  switch (module.type) {
    case "Transformer":
      return addTransformer(context, await openFor(module), module);
    case "StaticEmbedding":
      return addStaticEmbedding(graph, await openFor(module), snapshot.id, idsOf(graph), mask);
    case "WordEmbeddings":
      return { ...addWords(graph, await openFor(module), snapshot.id, idsOf(graph)), width: 0, words: true };
    case "Pooling": {
      if (state.words && module.modes.includes("cls"))
        throw new InputError(`model: ${snapshot.id} pools the first token, which words have not (WordEmbeddings)`);
      const { tokens, ...rest } = state;
      const sentence = pool(graph, module.modes, needs(tokens, "token embeddings"), poolingMask);
      return { ...(module.last ? rest : state), sentence, width: state.tokenWidth * module.modes.length };
    }
    case "WeightedLayerPooling":
      return addWeightedLayers(context, await openFor(module), module, state);
    case "Dense":
      return addDense(context, await openFor(module), module, state, needs);
    case "LayerNorm": {
      checkWidth(snapshot.id, module.type, module.dims, state.width);
      const weights = await openFor(module);
      const norm = affineOf(graph, weights, "norm", module.dims, layerNormEpsilon);
      weights.check();
      const sentence = layerNorm(graph, needs(state.sentence, "a vector"), norm);
      return { ...state, sentence, parameters: state.parameters + weights.parameters };
    }
    case "MultiVector": {
      const { tokens, ...rest } = state;
      const { tokenWidth: width } = state;
      const shape = graph.integers([-1, width]);
      return { ...rest, width, sentence: graph.op("Reshape", [needs(tokens, "token embeddings"), shape]) };
    }
    case "SpladePooling":
      return { ...state, ...addSplade(graph, needs(state.vocabulary, "logits of a vocabulary"), mask, module) };
    case "SparseStaticEmbedding":
      return { tokenWidth: 0, ...addSparseStatic(graph, await openFor(module), snapshot.id, idsOf(graph), mask) };
    case "SparseAutoEncoder": {
      const made = addAutoEncoder(graph, await openFor(module), module, needs(state.sentence, "a vector"));
      return { ...state, ...made, parameters: state.parameters + made.parameters };
    }
    case "Normalize":
      return { ...state, sentence: normalize(graph, needs(state.sentence, "a vector"), state.width) };
    case "Truncate": {
      const [sentence, width] = [needs(state.sentence, "a vector"), Math.min(module.dims, state.width)];
      const bounds = [[0], [width], [1]].map((value) => graph.integers(value));
      return { ...state, sentence: graph.op("Slice", [sentence, ...bounds]), width };
    }
  }
}

function addTransformer(context: Context, weights: Weights, module: Extract<Module, { type: "Transformer" }>): State {
  const { graph, snapshot, mask, format, exportable } = context;
  const ids = idsOf(graph);
  const architecture = architectureOf(snapshot.id, module.config, exportable);
  const types = module.pairs ? { types: graph.input(names.types, "int32", ["batch", "tokens"]) } : {};
  const inputs = { ids, mask, ...types, hiddenRows: module.hiddenRows };
  const { embeddings, hidden, layers } = architecture.build(graph.in(format), module.config, weights, inputs);
  const tokens = graph.asFloat(embeddings);
  const { config, head } = module;
  const made = head
    ? head.kind === "vocabulary"
      ? { vocabulary: addVocabularyHead(graph, snapshot.id, config, weights, { tokens, hidden }), width: hidden }
      : addHead(graph, snapshot.id, config, weights, head, { tokens, hidden, ...inputs })
    : module.pooler
      ? { sentence: addPooler(graph, snapshot.id, config, weights, { tokens, mask, hidden }), width: hidden }
      : { tokens };
  const all = module.config["output_hidden_states"] === true ? { layers: layers ?? [] } : {};
  const note = (tensors: string): void =>
    context.warn(
      `model: ${snapshot.id} has tensors that its architecture does not use, ${ignoredBy(module.config)}: ${tensors}`,
    );
  weights.check({ fewerLayers: module.fewerLayers, note });
  return { tokenWidth: hidden, width: 0, ...made, ...all, parameters: weights.parameters };
}

const idsOf = (graph: GraphBuilder): string => graph.input(names.ids, "int32", ["batch", "tokens"]);

/** Says who else ignores tensors that are left over: a repository's own code for its model may well use them. */
const ignoredBy = (config: Readonly<Record<string, unknown>>): string => {
  const code = ownClassOf(config);
  return code === undefined || isKnownClass(code) ? "as in the reference" : "and that its own code may use";
};

/**
 * Replaces token embeddings by a weighted mean of the hidden states from one layer on (sentence-transformers'
 * WeightedLayerPooling). Without `output_hidden_states` in the Transformer's config it changes nothing there either.
 */
function addWeightedLayers(
  { graph, snapshot: { id }, warn }: Context,
  weights: Weights,
  { start, layers: count }: Extract<Module, { type: "WeightedLayerPooling" }>,
  state: State,
): State {
  const used = count + 1 - start;
  const factors = graph.weight(weights.tensor("layer_weights", [used]));
  weights.check();
  const parameters = state.parameters + weights.parameters;
  const { layers } = state;
  if (layers === undefined) {
    warn(
      `model: ${id} weighs the hidden states of layers, but its config.json has no output_hidden_states, so that sentence-transformers passes this module over; it is passed over here, too`,
    );
    return { ...state, parameters };
  }
  if (layers.length !== count + 1) {
    const has = layers.length === 0 ? "are not known of its family" : `are those of ${layers.length - 1} layers`;
    throw new InputError(
      `model: ${id} weighs the hidden states of ${count} layers (WeightedLayerPooling), which ${has}; known are those of BERT, RoBERTa, MPNet, DistilBERT, ELECTRA, ERNIE and their kin`,
    );
  }
  const factor = (i: number): string => graph.op("Gather", [factors, graph.integers([i])]);
  const weighted = layers.slice(start).map((layer, i) => graph.op("Mul", [graph.asFloat(layer), factor(i)]));
  const total = graph.op("ReduceSum", [factors], { keepdims: 1 });
  return { ...state, tokens: graph.op("Div", [graph.op("Sum", weighted), total]), parameters };
}

/** Rejects a module for vectors of another length than it is given. */
function checkWidth(id: string, module: Module["type"], expected: number, given: number): void {
  if (given === expected || given === 0) return;
  throw new InputError(
    `model: ${id}: its module ${module} takes vectors of ${expected} values; those before it make ${given}`,
  );
}

function addDense(
  { graph, snapshot }: Context,
  weights: Weights,
  { inputs, outputs, bias, residual, activation, on }: Extract<Module, { type: "Dense" }>,
  state: State,
  needs: <Value>(value: Value | undefined, what: string) => Value,
): State {
  const ofTokens = on === "token_embeddings";
  checkWidth(snapshot.id, "Dense", inputs, ofTokens ? state.tokenWidth : state.width);
  const layer = linearOf(graph, weights, "linear", [outputs, inputs], bias);
  const shortcut =
    residual && inputs !== outputs ? linearOf(graph, weights, "residual", [outputs, inputs], false) : undefined;
  weights.check();
  const dense = (x: string): string => {
    const made = activateByClass(graph, activation, linear(graph, x, layer));
    if (!residual) return made;
    return graph.op("Add", [made, shortcut === undefined ? x : linear(graph, x, shortcut)]);
  };
  const parameters = state.parameters + weights.parameters;
  return ofTokens
    ? { ...state, tokens: dense(needs(state.tokens, "token embeddings")), tokenWidth: outputs, parameters }
    : { ...state, sentence: dense(needs(state.sentence, "a vector")), width: outputs, parameters };
}
