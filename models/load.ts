import { InputError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import type { Batch } from "./batching.ts";
import { names, writeEncoderGraph } from "./graph/pipeline.ts";
import type { RunBatch } from "./onnx-encoder.ts";
import type { Module } from "./repository.ts";
import { type NamedTensors, openSession, type Session } from "./session.ts";

/** File of the model that some repositories ship. */
const exportedFile = "onnx/model.onnx";

export interface LoadOptions {
  readonly device: "cpu" | "cuda";
  /** Threads of one operator. */
  readonly threads: number;
}

/** A model in ONNX Runtime. */
export interface LoadedModel {
  readonly run: RunBatch;
  /** Length of a vector. */
  readonly dims: number;
  /** Number of weights. */
  readonly parameters: number;
  readonly close: () => Promise<void>;
}

type Load = (snapshot: Snapshot, modules: readonly Module[], options: LoadOptions) => Promise<LoadedModel>;

/** The whole model as one graph over the stored weights. */
export const loadWritten: Load = async (snapshot, modules, { threads, device }) => {
  const { dims, parameters, ...graph } = await writeEncoderGraph(snapshot, modules);
  const session = await openSession({ ...graph, threads, device });
  const run: RunBatch = async (batch, promptTokens) => {
    const dim = [batch.members.length, batch.width];
    const feeds = {
      [names.ids]: { data: batch.ids, dims: dim },
      [names.mask]: { data: batch.mask, dims: dim },
      ...poolingMask(session, batch, promptTokens),
    };
    return embeddingOf(await session.run(feeds, [names.embedding]));
  };
  return { run, dims, parameters, close: session.close };
};

/** The repository's exported model for the tokens, a graph of ours for the modules after it. */
export const loadExported: Load = async (snapshot, modules, { threads, device }) => {
  const [transformer] = modules;
  const width = transformer?.type === "Transformer" ? Number(transformer.config["hidden_size"]) : Number.NaN;
  if (!(await snapshot.files()).includes(exportedFile) || Number.isNaN(width)) {
    throw new InputError(`model: ${snapshot.id} has no ${exportedFile} to run; leave --onnx out`);
  }
  const exported = await openSession({ model: await snapshot.resolve(exportedFile), threads, device });
  const { dims, parameters, ...graph } = await writeEncoderGraph(snapshot, modules, width);
  const rest = await openSession({ ...graph, threads, device });
  const output = ["token_embeddings", "last_hidden_state"].find((name) => exported.outputs.includes(name));
  if (output === undefined) {
    throw new InputError(
      `model: ${snapshot.id}/${exportedFile} gives ${exported.outputs.join(", ")}; last_hidden_state was expected`,
    );
  }
  const run: RunBatch = async (batch, promptTokens) => {
    const dim = [batch.members.length, batch.width];
    const feeds = {
      input_ids: { data: batch.ids, dims: dim },
      attention_mask: { data: batch.mask.slice(), dims: dim },
      token_type_ids: { data: new Int32Array(batch.ids.length), dims: dim },
    };
    const { [output]: tokens } = await exported.run(feeds, [output]);
    if (!tokens) throw new Error(`model: ${snapshot.id}/${exportedFile} gave no ${output}`);
    const more = { [names.tokens]: tokens, [names.mask]: { data: batch.mask, dims: dim } };
    return embeddingOf(await rest.run({ ...more, ...poolingMask(rest, batch, promptTokens) }, [names.embedding]));
  };
  return { run, dims, parameters, close: async () => void (await Promise.all([exported.close(), rest.close()])) };
};

/** The batch's mask without the prompt's tokens, where the model asks for it. */
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
