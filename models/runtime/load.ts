import { createHash } from "node:crypto";
import { InputError, UsageError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { adaptersOf } from "../architectures/index.ts";
import type { Batch } from "../batching.ts";
import type { Format } from "../graph/builder.ts";
import { names, writeEncoderGraph } from "../graph/pipeline.ts";
import type { Module } from "../repository/repository.ts";
import { exportedFile } from "../repository/weights.ts";
import type { RunBatch } from "../run-inputs.ts";
import { madeUpBatch } from "./batch-probe.ts";
import { type Closable, closeAll, closingOnFailure, openAll } from "./open-all.ts";
import { fallbackNodes, readProfile } from "./placement.ts";
import { type Device, providerOf } from "./providers/index.ts";
import type { Fallback, Placement } from "./providers/provider.ts";
import { type NamedTensors, openSession, type Session } from "./session.ts";

export interface LoadOptions {
  readonly device: Device;
  /** Threads of one operator. */
  readonly threads: number;
  /** Number format of the Transformer. */
  readonly format: Format;
  /** Called with what the user should know and need not act on. */
  readonly warn?: (text: string) => void;
  /** Opens a session; ONNX Runtime's own where absent. */
  readonly open?: typeof openSession;
}

/** A model in ONNX Runtime. */
export interface LoadedModel {
  /** One for each placement of the device's provider. */
  readonly runs: readonly RunBatch[];
  /** Nodes with data that the provider left to the processor (`fallbackNodes`). */
  readonly fallbacks: readonly string[];
  /** Length of a vector. */
  readonly dims: number;
  /** Number of weights. */
  readonly parameters: number;
  /** SHA-256 of the graph that was written; it changes with precision, configuration and this program's code. */
  readonly graphHash: string;
  readonly close: () => Promise<void>;
}

type Load = (snapshot: Snapshot, modules: readonly Module[], options: LoadOptions) => Promise<LoadedModel>;

/** Loads the whole model as one graph over the stored weights. */
export const loadWritten: Load = async (snapshot, modules, options) => {
  const { device, format, warn, open = openSession } = options;
  const lowerings = await providerOf(device).lowerings?.();
  const written = await writeEncoderGraph(snapshot, modules, { format, lowerings, warn });
  const { dims, parameters, scopes: _, tableRows, ...graph } = written;
  const rows = tableRows.get(names.ids) ?? Number.POSITIVE_INFINITY;
  // With a table of vectors most of the work is tokenizing, whose processor threads that stay awake would take away.
  const sleeps = modules[0]?.type !== "Transformer";
  return openReplicas(options, { dims, parameters, graphHash: hashOf(graph.model) }, async (settings) => {
    const session = await open({ ...graph, ...settings, sleeps });
    return replica([session], async (batch, promptTokens, adapter) => {
      requireRows(snapshot, batch, rows);
      const more = { ...poolingMask(session, batch, promptTokens), ...adapterOf(session, adapter) };
      const feeds = { ...tokensOf(session, batch), ...more };
      return embeddingOf(await session.run(feeds, [names.embedding]));
    });
  });
};

/** Loads the repository's exported model for the tokens, and a graph of ours for the modules after it. */
export const loadExported: Load = async (snapshot, modules, options) => {
  const { open = openSession } = options;
  const [transformer] = modules;
  const width = transformer?.type === "Transformer" ? Number(transformer.config["hidden_size"]) : Number.NaN;
  if (!(await snapshot.has(exportedFile)) || Number.isNaN(width)) {
    throw new UsageError(`model: ${snapshot.id} has no ${exportedFile} to run; leave --onnx out`);
  }
  if (transformer?.type === "Transformer" && transformer.fewerLayers) {
    throw new UsageError(
      `model: ${snapshot.id} leaves out layers by its settings, which ${exportedFile} may have; leave --onnx out`,
    );
  }
  if (transformer?.type === "Transformer" && adaptersOf(transformer.config) !== undefined) {
    throw new UsageError(
      `model: ${snapshot.id} has adapters, of which ${exportedFile} takes one in a way of its own; leave --onnx out`,
    );
  }
  if (transformer?.type === "Transformer" && transformer.lora !== undefined) {
    throw new UsageError(
      `model: ${snapshot.id} has an adapter (adapter_config.json), which ${exportedFile} may not have; leave --onnx out`,
    );
  }
  if (modules.some(({ type }) => type === "WeightedLayerPooling")) {
    throw new UsageError(
      `model: ${snapshot.id} weighs the hidden states of layers, which ${exportedFile} does not give; leave --onnx out`,
    );
  }
  const model = await snapshot.resolve(exportedFile);
  const {
    dims,
    parameters,
    scopes: _,
    tableRows: __,
    ...graph
  } = await writeEncoderGraph(snapshot, modules, {
    tokenWidth: width,
    lowerings: await providerOf(options.device).lowerings?.(),
  });
  return openReplicas(options, { dims, parameters, graphHash: hashOf(graph.model) }, async (settings) => {
    const sessions = await openAll([open({ model, ...settings }), open({ ...graph, ...settings })]);
    return closingOnFailure(sessions, async () => replica(sessions, runExported(snapshot, ...sessions)));
  });
};

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function runExported(snapshot: Snapshot, exported: Session, rest: Session): RunBatch {
  const output = ["token_embeddings", "last_hidden_state"].find((name) => exported.outputs.includes(name));
  if (output === undefined) {
    throw new InputError(
      `model: ${snapshot.id}/${exportedFile} gives ${exported.outputs.join(", ")}; last_hidden_state was expected`,
    );
  }
  return async (batch, promptTokens) => {
    const feeds = tokensOf(exported, { ...batch, mask: batch.mask.slice() });
    const { [output]: tokens } = await exported.run(feeds, [output]);
    if (!tokens) throw new Error(`model: ${snapshot.id}/${exportedFile} gave no ${output}`);
    const more = {
      [names.tokens]: tokens,
      [names.mask]: { data: batch.mask, dims: [batch.members.length, batch.width] },
    };
    return embeddingOf(await rest.run({ ...more, ...poolingMask(rest, batch, promptTokens) }, [names.embedding]));
  };
}

/** One copy of the model, in one session or in two that follow each other. */
interface Replica extends Closable {
  readonly sessions: readonly Session[];
  readonly run: RunBatch;
}

const replica = (sessions: readonly Session[], run: RunBatch): Replica => ({
  sessions,
  run,
  close: () => closeAll(sessions),
});

/**
 * Opens the model at each of its device's placements. Where the provider may leave nodes to the processor, the first
 * copy runs a small batch under ONNX Runtime's profiler, which tells them.
 */
async function openReplicas(
  { device, threads, format }: LoadOptions,
  facts: Pick<LoadedModel, "dims" | "parameters" | "graphHash">,
  open: (placement: Placement & { readonly profiled: boolean }) => Promise<Replica>,
): Promise<LoadedModel> {
  const { placements, fallback } = providerOf(device);
  const replicas = await openAll(
    placements(device, { threads, format, parameters: facts.parameters }).map((placement, i) =>
      open({ ...placement, profiled: i === 0 && fallback !== undefined }),
    ),
  );
  return closingOnFailure(replicas, async () => {
    const fallbacks = fallback === undefined ? [] : await findFallbacks(replicas[0], fallback);
    return { ...facts, runs: replicas.map(({ run }) => run), fallbacks, close: () => closeAll(replicas) };
  });
}

/** Runs a batch, larger than anything that passes for a shape, and lists the nodes that the provider did not run. */
async function findFallbacks({ run, sessions }: Replica, { profileName, meant }: Fallback): Promise<string[]> {
  await run(madeUpBatch(2, 16), 0);
  const profiles = await Promise.all(sessions.map((session) => session.profile()));
  return profiles.flatMap((profile) => fallbackNodes(readProfile(profile), profileName, meant));
}

/** Throws `InputError` for a token that the model has no row for. */
function requireRows({ id }: Snapshot, { ids }: Batch, rows: number): void {
  const stranger = ids.find((token) => token >= rows);
  if (stranger === undefined) return;
  throw new InputError(
    `model: ${id} has no token ${stranger}, which its tokenizer gives: its table has ${rows} rows, from 0; ` +
      "the tokenizer and the weights do not fit each other",
  );
}

/** Returns the batch's tokens, and their types where the model asks for them. */
function tokensOf(session: Session, { ids, mask, types, members, width }: Batch): NamedTensors {
  const dims = [members.length, width];
  const tokens = { [names.ids]: { data: ids, dims }, [names.mask]: { data: mask, dims } };
  if (!session.inputs.includes(names.types)) return tokens;
  return { ...tokens, [names.types]: { data: types ?? new Int32Array(ids.length), dims } };
}

/** Returns the number of the batch's adapter, -1 for none, where the model asks for it. */
function adapterOf(session: Session, adapter = -1): NamedTensors {
  if (session.inputs.includes(names.adapter)) return { [names.adapter]: { data: Int32Array.of(adapter), dims: [] } };
  if (adapter >= 0) throw new Error(`model: the graph has no adapter ${adapter}`);
  return {};
}

/** Returns the batch's mask without the prompt's tokens, where the model asks for it. */
function poolingMask(session: Session, { mask, members, width }: Batch, promptTokens: number): NamedTensors {
  if (!session.inputs.includes(names.poolingMask)) return {};
  const data = mask.slice();
  for (let row = 0; row < members.length; row++) data.fill(0, row * width, row * width + Math.min(promptTokens, width));
  return { [names.poolingMask]: { data, dims: [members.length, width] } };
}

function embeddingOf(outputs: NamedTensors): Float32Array {
  const data = outputs[names.embedding]?.data;
  if (data instanceof Float32Array) return data;
  throw new Error(`model: the graph gave no ${names.embedding}`);
}
